// Package generated has what generators make of openapi.yaml: `make clients` has
// oapi-codegen write oapi, and ogen write ogen, and makes calls with both. Neither
// is kept.
package generated
