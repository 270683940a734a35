package guests

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
)

const (
	own   = "\x02\x00\x00\x00\x00\x01"
	other = "\x02\x00\x00\x00\x00\x02"
	all   = "\xff\xff\xff\xff\xff\xff"
)

// frame is a frame of this size in the format of libpcap, cut after its type.
func frame(to, from string, size uint32) []byte {
	head := to + from + "\x08\x00"
	header := make([]byte, pcapFrameHeader)
	binary.LittleEndian.PutUint32(header[8:], uint32(len(head)))
	binary.LittleEndian.PutUint32(header[12:], size)
	return append(header, head...)
}

func TestCountsFramesOfOneDirection(t *testing.T) {
	for _, row := range []struct {
		name, to, from string
		sent           bool
		want           uint64
	}{
		{"from the guest", other, own, true, 1},
		{"to the guest", own, other, false, 1},
		{"to all", all, other, false, 1},
		{"to all, from the guest itself", all, own, false, 0},
		{"to another guest", other, own, false, 0},
	} {
		tap := tap{Card: "02:00:00:00:00:01", Sent: row.sent}
		stream := append(make([]byte, pcapFileHeader), frame(row.to, row.from, 1500)...)
		if err := tap.count(bytes.NewReader(stream)); !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", row.name, err)
		}
		if frames, size := tap.frames.Load(), tap.bytes.Load(); frames != row.want || size != 1500*row.want {
			t.Errorf("%s: got %d frames, %d bytes, want %d frames", row.name, frames, size, row.want)
		}
	}
}
