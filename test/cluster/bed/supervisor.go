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

// As a kubelet does, a part that ends is started again, but not for ever.
const (
	restartLimit = 5
	restartPause = time.Second
)

// part is a program under one of its names.
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

// supervisor starts parts and keeps them up. It is used from the main thread alone.
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

// runToEnd waits for a part that does its work and ends.
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
	// Nothing of the caller's environment, lest a proxy or a kubeconfig in it lead a part astray.
	command.Env = []string{
		"HOME=" + s.home, "TMPDIR=" + filepath.Join(s.home, "tmp"), "PATH=/usr/bin:/bin",
		"NAMESPACE=kubevirt", "POD_NAMESPACE=kubevirt",
	}
	command.Stdout, command.Stderr = log, log
	// A process group of its own keeps a Ctrl-C for the supervisor.
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	return command, log, nil
}

// await polls until the answer is yes, and restarts what ends meanwhile.
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

// watch until told to stop.
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

// killAll at once and without a goodbye: all that the parts could still save is deleted next.
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
