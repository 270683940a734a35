package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// gateVariable is set in a network of its own: the file descriptor of the gate.
const gateVariable = "BED_GATE"

// Routes by which every address of a pod and of a Service is one of this machine. The API server connects to pods only
// by addresses that are not loopback addresses.
const routes = `link set lo up
route add local 10.128.0.0/9 dev lo src 127.0.0.1
route add local 10.96.0.0/16 dev lo
`

// enterNetwork starts this program again in a network of its own, where it returns the gate: a listener in the network
// outside, so that the caller reaches the API server with the same kubeconfig.
func enterNetwork() (net.Listener, error) {
	descriptor, isInside := os.LookupEnv(gateVariable)
	if !isInside {
		return nil, leaveNetwork()
	}
	command := exec.Command("ip", "-batch", "-")
	command.Stdin = strings.NewReader(routes)
	if output, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("ip: %w\n%s", err, output)
	}
	number, err := strconv.Atoi(descriptor)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", gateVariable, err)
	}
	file := os.NewFile(uintptr(number), "gate")
	defer file.Close()
	return net.FileListener(file)
}

// leaveNetwork replaces this process and does not return if that succeeds.
func leaveNetwork() error {
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	gate, err := net.Listen("tcp", loopback+":0")
	if err != nil {
		return err
	}
	file, err := gate.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	// Without close-on-exec.
	descriptor, err := syscall.Dup(int(file.Fd()))
	if err != nil {
		return err
	}
	words := []string{unshare, "--net"}
	if os.Geteuid() != 0 {
		words = append(words, "--map-root-user")
	}
	words = append(append(words, self), os.Args[1:]...)
	return syscall.Exec(unshare, words, append(os.Environ(), gateVariable+"="+strconv.Itoa(descriptor)))
}

// portOf returns the port of the gate, 0 without one.
func portOf(gate net.Listener) int {
	if gate == nil {
		return 0
	}
	return gate.Addr().(*net.TCPAddr).Port
}

// serveGate passes connections on to the API server, which has the same port in this network.
func serveGate(gate net.Listener) {
	for {
		outer, err := gate.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				fmt.Fprintln(os.Stderr, "bed:", err)
			}
			return
		}
		go pass(outer.(*net.TCPConn), gate.Addr().String())
	}
}

func pass(outer *net.TCPConn, address string) {
	defer outer.Close()
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	inner := connection.(*net.TCPConn)
	defer inner.Close()
	ended := make(chan struct{})
	go func() {
		relay(outer, inner)
		close(ended)
	}()
	relay(inner, outer)
	<-ended
}

// relay copies to the end of one direction.
func relay(to, from *net.TCPConn) {
	_, _ = io.Copy(to, from)
	_ = to.CloseWrite()
}
