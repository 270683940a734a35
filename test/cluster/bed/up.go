package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// Start-up usually takes twenty seconds. A machine that also runs guests takes longer.
const patience = 5 * time.Minute

var errStopped = errors.New("stopped")

// up starts all parts, prints that they are ready, and runs until a stop signal or until a part keeps failing.
// The gate is nil for a bed without a network of its own.
func up(o options, gate net.Listener, stop <-chan struct{}) (err error) {
	programs, err := programFolder()
	if err != nil {
		return err
	}
	lock, err := claim(o.dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	b, err := prepare(o, programs, portOf(gate), stop)
	if err != nil {
		return err
	}
	if gate != nil {
		go serveGate(gate)
	}
	defer b.killAll()
	if err := b.start(); errors.Is(err, errStopped) {
		return nil
	} else if err != nil {
		return err
	}
	fmt.Printf("ready KUBECONFIG=%s\n", b.kubeconfig("admin"))
	if err := b.watch(); !errors.Is(err, errStopped) {
		return err
	}
	return nil
}

// programFolder is the folder of this program and of all parts.
func programFolder() (string, error) {
	self, err := os.Executable()
	return filepath.Dir(self), err
}

// bed has the settings that the parts share.
type bed struct {
	options
	*supervisor
	ports ports
	api   *apiClient
}

func prepare(o options, programs string, apiServer int, stop <-chan struct{}) (*bed, error) {
	for _, folder := range []string{o.logs, filepath.Join(o.dir, "pki"), filepath.Join(o.dir, "tmp")} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
	}
	ports, err := freePorts(apiServer)
	if err != nil {
		return nil, err
	}
	authority, err := writeCertificates(filepath.Join(o.dir, "pki"))
	if err != nil {
		return nil, err
	}
	tokens, err := writeIdentities(o.dir, ports.apiServer, authority)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(o.dir, "kwok.yaml"), stages, 0o644); err != nil {
		return nil, err
	}
	if err := writeMonitoring(o.dir, ports); err != nil {
		return nil, err
	}
	api, err := newAPIClient(authority, tokens["admin"])
	if err != nil {
		return nil, err
	}
	supervisor := newSupervisor(programs, o.dir, o.logs, stop)
	return &bed{options: o, supervisor: supervisor, ports: ports, api: api}, nil
}

func (b *bed) start() error {
	deadline := time.Now().Add(patience)
	if err := b.launch(b.etcd(), b.apiServer()); err != nil {
		return err
	}
	if err := b.await("the API server", deadline, b.apiReady); err != nil {
		return err
	}
	if err := b.launch(b.controllerManager(), b.scheduler()); err != nil {
		return err
	}
	cluster := []string{"--nodes", strconv.Itoa(b.nodes), "--kubelet-port", strconv.Itoa(b.ports.kubelet)}
	if err := b.install("cluster", append(cluster, "--cdi-crds", filepath.Join(b.programs, "cdi-crds.yaml"))...); err != nil {
		return err
	}
	// virt-api exits if the installation has not granted its permissions yet.
	if err := b.launch(b.virtAPI(), b.virtController(), b.handler(), b.cdi(), b.kwok()); err != nil {
		return err
	}
	if err := b.await("virt-api", deadline, b.virtAPIReady); err != nil {
		return err
	}
	if err := b.install("webhooks", "--virt-api-port", strconv.Itoa(b.ports.virtAPI)); err != nil {
		return err
	}
	return b.await("nodes and KubeVirt", deadline, b.clusterReady)
}

func (b *bed) install(what string, args ...string) error {
	args = append([]string{what, "--kubeconfig", b.kubeconfig("admin"), "--ca", b.pki("ca.crt")}, args...)
	return b.runToEnd(part{name: "kubevirt-install", args: args})
}

func (b *bed) kubeconfig(who string) string { return kubeconfigPath(b.dir, who) }

func (b *bed) pki(file string) string { return filepath.Join(b.dir, "pki", file) }
