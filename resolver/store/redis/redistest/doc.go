// Package redistest starts real Redis servers for tests.
//
// Start with [Start], or [StartCluster] for three masters. Where redis-server
// is not installed the package installs it if it can (as root on Debian);
// elsewhere the test is skipped with a message that says what to install, and
// fails where CI is set.
package redistest
