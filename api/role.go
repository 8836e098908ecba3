package api

// Role is what a token may do, in its scope and those below.
type Role string

// The roles. Admin may do all that the others may.
const (
	// Admin does everything.
	Admin Role = "admin"
	// Render sends, and so may read what its scope resolves. It reads templates and
	// flows like Author, and previews.
	Render Role = "render"
	// Author writes and reads templates and flows with their versions, and previews.
	// What it writes others may send.
	Author Role = "author"
	// Preview previews, lints and lists names.
	Preview Role = "preview"
)

// Mode says whether a request resolves secrets.
type Mode string

// The modes.
const (
	// ModeSend puts the values in; it needs the role [Render]. The default.
	ModeSend Mode = "send"
	// ModePreview puts a placeholder in for each reference and opens no secret.
	ModePreview Mode = "preview"
)
