// bed runs a real Kubernetes API server with KubeVirt's real control plane on this machine until it exits. See the
// README in the parent folder.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
)

// Each part must end with this program. The kernel ends a part when the thread that started it ends, so the main thread
// starts all parts: it ends only with the program.
func init() { runtime.LockOSThread() }

type options struct {
	dir   string
	logs  string
	nodes int
	stdin bool
	// ownNetwork is true in a network where the addresses of all pods and Services are those of this machine.
	ownNetwork bool
	// guests is the program that creates the disks of real guests, "" if there are none.
	guests string
	// images is the folder with the images of the lab.
	images string
}

func main() {
	err := run(os.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bed:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 || args[0] != "up" {
		return errors.New("usage: bed up --dir DIR [--nodes N] [--logs DIR] [--stdin] [--own-network] [--guests PROGRAM]")
	}
	o, err := parse(args[1:])
	if err != nil {
		return err
	}
	if !o.ownNetwork {
		return up(o, nil, stopSignal(o.stdin))
	}
	gate, err := enterNetwork()
	if err != nil {
		return err
	}
	return up(o, gate, stopSignal(o.stdin))
}

func parse(args []string) (options, error) {
	flags := flag.NewFlagSet("bed up", flag.ContinueOnError)
	var o options
	flags.StringVar(&o.dir, "dir", "", "folder for state and kubeconfigs; made here, and removed at the end")
	flags.StringVar(&o.logs, "logs", "", "folder for the parts' logs, if they are to outlive the bed (default DIR/logs)")
	flags.IntVar(&o.nodes, "nodes", 3, "number of nodes")
	flags.BoolVar(&o.stdin, "stdin", false, "end when standard input does")
	flags.BoolVar(&o.ownNetwork, "own-network", false, "run in a network namespace with the addresses of all pods; needs root or user namespaces")
	flags.StringVar(&o.guests, "guests", "", "program that creates the disks of real guests; implies --own-network")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.ownNetwork = o.ownNetwork || o.guests != ""
	if o.dir == "" {
		return o, errors.New("--dir is required")
	}
	if o.nodes < 1 || o.nodes > 2000 {
		return o, fmt.Errorf("--nodes must be between 1 and 2000, got %d", o.nodes)
	}
	return o.absolute()
}

func (o options) absolute() (options, error) {
	var err error
	if o.dir, err = filepath.Abs(o.dir); err != nil {
		return o, err
	}
	if o.logs == "" {
		o.logs = filepath.Join(o.dir, "logs")
	}
	if o.logs, err = filepath.Abs(o.logs); err != nil || o.guests == "" {
		return o, err
	}
	if o.guests, err = filepath.Abs(o.guests); err != nil {
		return o, err
	}
	cache, err := os.UserCacheDir()
	o.images = filepath.Join(cache, "virtwork/lab")
	return o, err
}

// stopSignal closes on SIGINT, SIGTERM or SIGHUP, when the parent process ends, and with stdin when standard input ends.
func stopSignal(stdin bool) <-chan struct{} {
	const parentDeathSignal = 1 // PR_SET_PDEATHSIG
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, parentDeathSignal, uintptr(syscall.SIGTERM), 0)
	stop := make(chan struct{})
	ended := make(chan struct{})
	if stdin {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			close(ended)
		}()
	}
	go func() {
		select {
		case <-signals:
		case <-ended:
		}
		close(stop)
	}()
	return stop
}
