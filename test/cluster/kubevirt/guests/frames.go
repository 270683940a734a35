package guests

import (
	"bufio"
	"encoding/binary"
	"io"
	"log"
	"net"
	"os"
	"sync/atomic"
	"syscall"
)

// Sizes in the format of libpcap, in which QEMU writes frames.
const (
	pcapFileHeader  = 24
	pcapFrameHeader = 16
	addressSize     = 6
)

// tap counts the frames of one direction of a network card. QEMU writes the heads of all frames into a FIFO.
type tap struct {
	// File in the folder of the guest.
	File string `json:"file"`
	// Card is the hardware address.
	Card string `json:"card"`
	// Sent is true for frames from the guest, false for frames to the guest.
	Sent bool `json:"sent"`

	frames, bytes atomic.Uint64
}

// listen makes the FIFO, and counts until the guest has ended.
func (t *tap) listen(m *Machine) error {
	file := m.file(t.File)
	if err := syscall.Mkfifo(file, 0o600); err != nil {
		return err
	}
	// With write access too, the call does not wait for QEMU.
	fifo, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	go func() {
		<-m.ended
		_ = fifo.Close()
	}()
	go func() {
		if err := t.count(bufio.NewReader(fifo)); err != nil && !m.Ended() {
			log.Printf("%s: %s: %v", m.key, t.File, err)
		}
	}()
	return nil
}

func (t *tap) count(frames io.Reader) error {
	if _, err := io.CopyN(io.Discard, frames, pcapFileHeader); err != nil {
		return err
	}
	var header [pcapFrameHeader]byte
	for {
		if _, err := io.ReadFull(frames, header[:]); err != nil {
			return err
		}
		head := make([]byte, binary.LittleEndian.Uint32(header[8:]))
		if _, err := io.ReadFull(frames, head); err != nil {
			return err
		}
		if t.Sent || t.isFor(head) {
			t.frames.Add(1)
			t.bytes.Add(uint64(binary.LittleEndian.Uint32(header[12:])))
		}
	}
}

// isFor is false for frames to other cards, because all guests of a link get all frames, also those they sent.
func (t *tap) isFor(head []byte) bool {
	if len(head) < 2*addressSize {
		return false
	}
	to, from := net.HardwareAddr(head[:addressSize]), net.HardwareAddr(head[addressSize:2*addressSize])
	isGroup := to[0]&1 == 1
	return to.String() == t.Card || isGroup && from.String() != t.Card
}
