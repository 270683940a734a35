package main

import (
	"fmt"
	"net"
)

type ports struct{ etcd, etcdPeers, apiServer, virtAPI, virtController, kubelet, metrics int }

// freePorts returns the port of the API server if it is given, and free ports for all others. It keeps each port open until
// it has found all ports, so that they differ.
func freePorts(apiServer int) (ports, error) {
	p := ports{apiServer: apiServer}
	for _, port := range []*int{&p.etcd, &p.etcdPeers, &p.apiServer, &p.virtAPI, &p.virtController, &p.kubelet, &p.metrics} {
		listener, err := net.Listen("tcp", fmt.Sprintf("%s:%d", loopback, *port))
		if err != nil {
			return p, err
		}
		defer listener.Close()
		*port = listener.Addr().(*net.TCPAddr).Port
	}
	return p, nil
}
