// Package surfacetest tests redaction with loggers and clients that sotto does
// not depend on. It is a module of its own, so that no importer inherits them.
package surfacetest
