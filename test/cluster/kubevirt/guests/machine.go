package guests

import (
	"fmt"
	"log"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Machine is a guest in QEMU.
type Machine struct {
	key    string
	folder string
	port   int
	probe  *corev1.Probe
	// card is the name of the first interface of the instance.
	card    string
	changed func()
	ended   chan struct{}

	lock    sync.Mutex
	command *exec.Cmd
	address string
	healthy bool
	system  *System
	failure error
	down    bool
	move    *move
	layout  layout
	// node is where the guest was when it was read last, origin the values of its counters when it came there.
	node   string
	origin map[string]float64
}

type move struct {
	address string
	done    bool
	err     error
}

// Running is true when QEMU runs.
func (m *Machine) Running() bool {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.command != nil && !m.Ended()
}

// Ended is true when QEMU has ended, or could not be started.
func (m *Machine) Ended() bool {
	select {
	case <-m.ended:
		return true
	default:
		return false
	}
}

// Failed is true when the guest did not end by a shutdown. Call it only after the end.
func (m *Machine) Failed() bool {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.failure != nil && !m.down
}

// Healthy is the last result of the readiness probe.
func (m *Machine) Healthy() bool {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.healthy
}

// System is nil until the guest agent has answered.
func (m *Machine) System() *System {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.system
}

// ShutDown presses the power button until the guest ends, and kills it after the grace period. Further calls have no effect.
func (m *Machine) ShutDown(grace time.Duration) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.down {
		return
	}
	m.down = true
	go func() {
		for end := time.Now().Add(grace); time.Now().Before(end); {
			// A guest that still boots ignores the button.
			if _, err := m.monitor("system_powerdown", nil); err != nil {
				log.Printf("%s: %v", m.key, err)
			}
			if !m.pause(min(10*time.Second, time.Until(end))) {
				return
			}
		}
		m.kill()
	}()
}

// MoveTo gives the guest the address of another launcher pod: the forwarded port, and its own address on the link. It
// returns true when that is done.
func (m *Machine) MoveTo(address string) (bool, error) {
	m.lock.Lock()
	defer m.lock.Unlock()
	if m.move == nil || m.move.address != address {
		move := &move{address: address}
		m.move = move
		go func() {
			err := m.readdress(address)
			m.change(func() { move.done, move.err = true, err })
		}()
	}
	return m.move.done, m.move.err
}

func (m *Machine) readdress(address string) error {
	m.lock.Lock()
	old := m.address
	m.lock.Unlock()
	if old == address {
		return nil
	}
	if m.port != 0 {
		if err := m.forward(fmt.Sprintf("hostfwd_add out tcp:%s:%d-:%d", address, m.port, m.port), ""); err != nil {
			return err
		}
		if err := m.forward(fmt.Sprintf("hostfwd_remove out tcp:%s:%d", old, m.port), "removed"); err != nil {
			return err
		}
	}
	// The old address goes first, because the kernel removes further addresses of the same network together with it.
	script := fmt.Sprintf(`link=$(ip -o address show to %[1]s | cut -d " " -f 2) &&
		ip address del %[1]s/%[3]d dev "$link" && ip address add %[2]s/%[3]d dev "$link"`, old, address, prefix)
	if err := m.run("/bin/sh", "-c", script); err != nil {
		return err
	}
	m.change(func() { m.address, m.healthy = address, false })
	return nil
}

func (m *Machine) kill() {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.down = true
	if m.command != nil {
		_ = m.command.Process.Kill()
	}
}

// change changes fields, and reports it.
func (m *Machine) change(fields func()) {
	m.lock.Lock()
	fields()
	m.lock.Unlock()
	m.changed()
}

// pause returns false when the guest has ended.
func (m *Machine) pause(duration time.Duration) bool {
	select {
	case <-m.ended:
		return false
	case <-time.After(duration):
		return true
	}
}

func (m *Machine) file(name string) string { return filepath.Join(m.folder, name) }
