package main

import "net"

type ports struct{ etcd, etcdPeers, apiServer, virtAPI, virtController int }

// freePorts keeps each port open until it has found all ports, so that they differ.
func freePorts() (ports, error) {
	var p ports
	for _, port := range []*int{&p.etcd, &p.etcdPeers, &p.apiServer, &p.virtAPI, &p.virtController} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return p, err
		}
		defer listener.Close()
		*port = listener.Addr().(*net.TCPAddr).Port
	}
	return p, nil
}
