package server

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/sotto-render/sotto/api"
)

// About how much memory the codings take.
const (
	gzipBytes = 1 << 20
	zstdBytes = 8 << 20
)

// maxWindow is how far back what is packed by zstd may refer: the most that RFC 8878
// asks of who reads.
const maxWindow = 8 << 20

var errCoding = fail(api.UnsupportedMediaType, "a batch may be packed by gzip or zstd, and by nothing else")

// errUnpacked says that a body needs more memory to be unpacked than it may have.
var errUnpacked = errors.New("server: a body cannot be unpacked")

// unpacked returns the body of r without its Content-Encoding. hold counts what that
// takes.
func unpacked(r *http.Request, hold func(int) error) (io.ReadCloser, error) {
	switch coding := strings.ToLower(strings.TrimSpace(strings.Join(r.Header["Content-Encoding"], ","))); coding {
	case "", "identity":
		return r.Body, nil
	case "gzip", "x-gzip":
		if err := hold(gzipBytes); err != nil {
			return nil, err
		}
		return &gunzip{packed: r.Body}, nil
	case "zstd":
		if err := hold(zstdBytes); err != nil {
			return nil, err
		}
		d, err := zstd.NewReader(r.Body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, fail(api.InvalidRequest, "the body is not packed as Content-Encoding says")
		}
		return unzstd{d}, nil
	}
	return nil, errCoding
}

// gunzip reads the header with the first read, and not before: a client may send it
// late.
type gunzip struct {
	packed io.Reader
	reader *gzip.Reader
}

// Read implements [io.Reader].
func (g *gunzip) Read(p []byte) (int, error) {
	if g.reader == nil {
		r, err := gzip.NewReader(g.packed)
		if err == io.EOF {
			err = io.ErrUnexpectedEOF // nothing is no gzip
		}
		if err != nil {
			return 0, err
		}
		g.reader = r
	}
	return g.reader.Read(p)
}

// Close implements [io.Closer].
func (g *gunzip) Close() error { return nil }

type unzstd struct{ *zstd.Decoder }

// Read implements [io.Reader].
func (u unzstd) Read(p []byte) (int, error) {
	n, err := u.Decoder.Read(p)
	if errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		err = errUnpacked
	}
	return n, err
}

// Close implements [io.Closer].
func (u unzstd) Close() error {
	u.Decoder.Close()
	return nil
}

// coder packs an answer, a piece at a time.
type coder struct {
	name   string
	packed bytes.Buffer
	into   interface {
		io.WriteCloser
		Flush() error
	}
}

// newCoder returns what the client prefers of what there is; nil for nothing. hold
// counts what it takes.
func newCoder(header http.Header, hold func(int) error) (*coder, error) {
	c := new(coder)
	switch accepted := acceptedCodings(header); {
	case accepted["zstd"]:
		if err := hold(zstdBytes); err != nil {
			return nil, err
		}
		c.name = "zstd"
		w, err := zstd.NewWriter(&c.packed, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest),
			zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(512<<10))
		if err != nil {
			return nil, fail(api.Internal, "the answer cannot be packed")
		}
		c.into = w
	case accepted["gzip"]:
		if err := hold(gzipBytes); err != nil {
			return nil, err
		}
		c.name = "gzip"
		w, err := gzip.NewWriterLevel(&c.packed, gzip.BestSpeed)
		if err != nil {
			return nil, fail(api.Internal, "the answer cannot be packed")
		}
		c.into = w
	default:
		return nil, nil
	}
	return c, nil
}

// acceptedCodings are those that Accept-Encoding names and does not refuse.
func acceptedCodings(header http.Header) map[string]bool {
	accepted := make(map[string]bool)
	for choice := range strings.SplitSeq(strings.Join(header["Accept-Encoding"], ","), ",") {
		name, weight, _ := strings.Cut(choice, ";")
		quality, ok := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(weight), " ", ""), "q=")
		if n, err := strconv.ParseFloat(quality, 64); ok && (err != nil || n <= 0) {
			continue
		}
		accepted[strings.ToLower(strings.TrimSpace(name))] = true
	}
	return accepted
}

// pack returns p, packed, so that all of it can be unpacked. It is there until the
// next call.
func (c *coder) pack(p []byte) ([]byte, error) {
	c.packed.Reset()
	if _, err := c.into.Write(p); err != nil {
		return nil, err
	}
	if err := c.into.Flush(); err != nil {
		return nil, err
	}
	return c.packed.Bytes(), nil
}

// end returns what ends the packed answer.
func (c *coder) end() ([]byte, error) {
	c.packed.Reset()
	err := c.into.Close()
	return c.packed.Bytes(), err
}

// close drops a coder whose end may not have been asked for.
func (c *coder) close() {
	c.packed.Reset()
	_ = c.into.Close() // into a buffer that nobody reads
}
