package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A part that exits is restarted, as a kubelet does, but only a limited number of times.
const (
	restartLimit = 5
	restartPause = time.Second
)

// part is a program, called by one of its names, with its arguments.
type part struct {
	name string
	args []string
}

type process struct {
	part
	command  *exec.Cmd
	ended    chan struct{}
	restarts int
}

// supervisor starts parts and keeps them running. Only the main thread uses it.
type supervisor struct {
	programs, home, logs string
	running              map[string]*process
	exits                chan *process
	stop                 <-chan struct{}
}

func newSupervisor(programs, home, logs string, stop <-chan struct{}) *supervisor {
	return &supervisor{
		programs: programs, home: home, logs: logs, stop: stop,
		running: map[string]*process{}, exits: make(chan *process, 64),
	}
}

func (s *supervisor) launch(parts ...part) error {
	for _, part := range parts {
		if err := s.run(&process{part: part}); err != nil {
			return err
		}
	}
	return nil
}

// runToEnd starts a part and waits until it exits.
func (s *supervisor) runToEnd(part part) error {
	command, log, err := s.command(part)
	if err != nil {
		return err
	}
	defer log.Close()
	if err := command.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	select {
	case <-s.stop:
		_ = command.Process.Kill()
		<-ended
		return errStopped
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", part.name, err, s.lastLines(part.name))
		}
		return nil
	}
}

func (s *supervisor) run(p *process) error {
	command, log, err := s.command(p.part)
	if err != nil {
		return err
	}
	defer log.Close()
	if err := command.Start(); err != nil {
		return err
	}
	p.command, p.ended = command, make(chan struct{})
	s.running[p.name] = p
	go func(ended chan struct{}) {
		_ = command.Wait()
		close(ended)
		s.exits <- p
	}(p.ended)
	return nil
}

func (s *supervisor) command(part part) (*exec.Cmd, *os.File, error) {
	log, err := os.OpenFile(s.logPath(part.name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, nil, err
	}
	command := exec.Command(filepath.Join(s.programs, part.name), part.args...)
	command.Dir = s.home
	// Do not pass the caller's environment, because a proxy or a kubeconfig in it would affect the part.
	command.Env = []string{
		"HOME=" + s.home, "TMPDIR=" + filepath.Join(s.home, "tmp"), "PATH=/usr/bin:/bin",
		"NAMESPACE=kubevirt", "POD_NAMESPACE=kubevirt",
	}
	command.Stdout, command.Stderr = log, log
	// With its own process group, the part does not get a Ctrl-C. Only the supervisor does.
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	return command, log, nil
}

// await polls until the answer is yes, and restarts parts that exit in the meantime.
func (s *supervisor) await(what string, deadline time.Time, yes func() bool) error {
	for !yes() {
		if time.Now().After(deadline) {
			return fmt.Errorf("%s did not come up in %s", what, patience)
		}
		if err := s.idle(200 * time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// watch restarts parts that exit, until a stop signal.
func (s *supervisor) watch() error {
	for {
		if err := s.idle(time.Hour); err != nil {
			return err
		}
	}
}

func (s *supervisor) idle(pause time.Duration) error {
	select {
	case <-s.stop:
		return errStopped
	case p := <-s.exits:
		return s.restart(p)
	case <-time.After(pause):
		return nil
	}
}

func (s *supervisor) restart(p *process) error {
	why := p.command.ProcessState.String()
	if p.restarts == restartLimit {
		return fmt.Errorf("%s ended again (%s); the end of its log:\n%s", p.name, why, s.lastLines(p.name))
	}
	fmt.Fprintf(os.Stderr, "bed: %s ended (%s) and is started again\n", p.name, why)
	p.restarts++
	select {
	case <-s.stop:
		return errStopped
	case <-time.After(restartPause):
		return s.run(p)
	}
}

// killAll kills all parts without a graceful shutdown, because their data is deleted next.
func (s *supervisor) killAll() {
	for _, p := range s.running {
		if err := p.command.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			fmt.Fprintf(os.Stderr, "bed: %s: %v\n", p.name, err)
		}
	}
	for _, p := range s.running {
		<-p.ended
	}
}

func (s *supervisor) logPath(name string) string { return filepath.Join(s.logs, name+".log") }

func (s *supervisor) lastLines(name string) string {
	const count = 15
	text, err := os.ReadFile(s.logPath(name))
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}
