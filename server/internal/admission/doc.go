// Package admission decides which request may run, when, and with how much.
//
// Start with [Controller.Enter]: it returns the [Account] of the token that
// calls, through which the request takes its turns ([Account.Begin]). What one
// token does must not hurt another: turns are shared over tokens, not over
// requests.
package admission
