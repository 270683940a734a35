package main

import (
	_ "embed"
	"fmt"
	"path/filepath"
)

//go:embed kwok.yaml
var stages []byte

const loopback = "127.0.0.1"

func (b *bed) etcd() part {
	client, peers := local("http", b.ports.etcd), local("http", b.ports.etcdPeers)
	return part{"etcd", []string{
		"--data-dir", filepath.Join(b.dir, "etcd"),
		"--listen-client-urls", client, "--advertise-client-urls", client,
		"--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", "default=" + peers,
		// The data does not need to survive a crash of the machine.
		"--unsafe-no-fsync",
		"--log-level", "error",
	}}
}

func (b *bed) apiServer() part {
	return part{"kube-apiserver", []string{
		"--etcd-servers", local("http", b.ports.etcd),
		"--bind-address", loopback, "--advertise-address", loopback, "--secure-port", number(b.ports.apiServer),
		"--tls-cert-file", b.pki("api-server.crt"), "--tls-private-key-file", b.pki("api-server.key"),
		"--cert-dir", filepath.Join(b.dir, "tmp"),
		"--authorization-mode", "RBAC", "--token-auth-file", b.pki("tokens.csv"), "--anonymous-auth=false",
		"--service-account-issuer", "https://kubernetes.default.svc",
		"--service-account-key-file", b.pki("service-accounts.key"),
		"--service-account-signing-key-file", b.pki("service-accounts.key"),
		"--service-cluster-ip-range", "10.96.0.0/16",
		// virt-api serves an aggregated API, and gets the user name from the front proxy.
		"--client-ca-file", b.pki("ca.crt"), "--requestheader-client-ca-file", b.pki("ca.crt"),
		"--requestheader-allowed-names", frontProxy,
		"--requestheader-username-headers", "X-Remote-User", "--requestheader-group-headers", "X-Remote-Group",
		"--requestheader-extra-headers-prefix", "X-Remote-Extra-",
		"--proxy-client-cert-file", b.pki("front-proxy.crt"), "--proxy-client-key-file", b.pki("front-proxy.key"),
		// The default endpoint reconciler would reject a loopback address.
		"--endpoint-reconciler-type", "none",
		// One server on this machine is the kubelet of all nodes.
		"--kubelet-preferred-address-types", "ExternalIP",
		"--allow-privileged",
		"--profiling=false",
	}}
}

func (b *bed) controllerManager() part {
	return part{"kube-controller-manager", []string{
		"--kubeconfig", b.kubeconfig("controller-manager"), "--use-service-account-credentials", "--leader-elect=false",
		"--service-account-private-key-file", b.pki("service-accounts.key"), "--root-ca-file", b.pki("ca.crt"),
		"--secure-port", "0",
		"--kube-api-qps", "300", "--kube-api-burst", "600",
		// A late heartbeat on a busy machine does not mean that a node is down.
		"--node-monitor-grace-period", "10m",
	}}
}

func (b *bed) scheduler() part {
	return part{"kube-scheduler", []string{
		"--kubeconfig", b.kubeconfig("scheduler"), "--leader-elect=false", "--secure-port", "0",
		"--kube-api-qps", "300", "--kube-api-burst", "600",
	}}
}

func (b *bed) virtAPI() part {
	return part{"virt-api", []string{
		"--kubeconfig", b.kubeconfig("virt-api"), "--listen", loopback, "--port", number(b.ports.virtAPI),
		"--tls-cert-file", b.pki("virt-api.crt"), "--tls-key-file", b.pki("virt-api.key"),
		"--handler-cert-file", b.pki("virt-handler.crt"), "--handler-key-file", b.pki("virt-handler.key"),
	}}
}

func (b *bed) virtController() part {
	return part{"virt-controller", []string{
		"--kubeconfig", b.kubeconfig("virt-controller"), "--listen", loopback, "--port", number(b.ports.virtController),
		"--prom-cert-file", b.pki("virt-api.crt"), "--prom-key-file", b.pki("virt-api.key"),
		"--launcher-image", "virt-launcher", "--exporter-image", "virt-exportserver",
		// The default of three threads waits for answers most of the time.
		"--vm-controller-threads", "10",
		// There is only one instance. An expired lease on a busy machine would only cause a restart.
		"--leader-elect-lease-duration", "10m", "--leader-elect-renew-deadline", "9m", "--leader-elect-retry-period", "2s",
	}}
}

func (b *bed) handler() part {
	args := []string{
		"--kubeconfig", b.kubeconfig("virt-handler"), "--kubelet", fmt.Sprintf("%s:%d", loopback, b.ports.kubelet),
		"--kubelet-cert-file", b.pki("virt-handler.crt"), "--kubelet-key-file", b.pki("virt-handler.key"),
	}
	if b.guests != "" {
		args = append(args,
			"--guests", b.guests, "--images", b.images, "--metrics", fmt.Sprintf("%s:%d", loopback, b.ports.metrics),
			"--state", filepath.Join(b.dir, "guests"), "--logs", filepath.Join(b.options.logs, "guests"))
	}
	return part{"simulated-virt-handler", args}
}

func (b *bed) cdi() part {
	return part{"simulated-cdi", []string{"--kubeconfig", b.kubeconfig("cdi")}}
}

func (b *bed) kwok() part {
	return part{"kwok", []string{
		"--kubeconfig", b.kubeconfig("kubelet"), "--manage-all-nodes", "--config", filepath.Join(b.dir, "kwok.yaml"),
	}}
}

func local(scheme string, port int) string { return fmt.Sprintf("%s://%s:%d", scheme, loopback, port) }

func number(n int) string { return fmt.Sprint(n) }
