package handler

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubelet/pkg/cri/streaming/portforward"
)

// forwardFrom is where connections come from: a loopback address, because a kubelet connects in the network of the pod. It
// tells them from those of the API server.
const forwardFrom = "127.0.0.2"

// The defaults of a kubelet.
const (
	forwardIdle     = 4 * time.Hour
	forwardCreation = 30 * time.Second
)

// kubeletServer is where the API server reaches the kubelets of all nodes. They only forward ports.
type kubeletServer struct {
	address, certificate, key string
}

// serve answers until the context ends.
func (k kubeletServer) serve(ctx context.Context, pods cache.Store) error {
	certificate, err := tls.LoadX509KeyPair(k.certificate, k.key)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/portForward/{namespace}/{pod}", forwarder{pods}.serve)
	server := &http.Server{
		Addr: k.address, Handler: mux,
		// Streams of SPDY need the connection of HTTP/1.
		TLSConfig:    &tls.Config{Certificates: []tls.Certificate{certificate}},
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.ListenAndServeTLS("", ""); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// forwarder connects port forwards to the addresses of launcher pods, where KubeVirt passes connections on to the guest.
type forwarder struct{ pods cache.Store }

func (f forwarder) serve(w http.ResponseWriter, request *http.Request) {
	options, err := portforward.NewV4Options(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	key := request.PathValue("namespace") + "/" + request.PathValue("pod")
	if _, err := f.addressOf(key); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	portforward.ServePortForward(w, request, f, key, "", options, forwardIdle, forwardCreation, portforward.SupportedProtocols)
}

// PortForward copies between a stream and a port of a pod until one of them ends.
func (f forwarder) PortForward(ctx context.Context, key string, _ types.UID, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	address, err := f.addressOf(key)
	if err != nil {
		return err
	}
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(forwardFrom)}}
	connection, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(address, fmt.Sprint(port)))
	if err != nil {
		return err
	}
	defer connection.Close()
	copied := make(chan error, 2)
	go func() {
		_, err := io.Copy(connection, stream)
		// The guest may still answer.
		_ = connection.(*net.TCPConn).CloseWrite()
		if err != nil {
			copied <- err
		}
	}()
	go func() {
		_, err := io.Copy(stream, connection)
		copied <- err
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-copied:
		return err
	}
}

func (f forwarder) addressOf(key string) (string, error) {
	object, exists, err := f.pods.GetByKey(key)
	switch {
	case err != nil:
		return "", err
	case !exists:
		return "", fmt.Errorf("launcher pod %s not found", key)
	}
	pod := object.(*corev1.Pod)
	if pod.Status.Phase != corev1.PodRunning || pod.Status.PodIP == "" {
		return "", fmt.Errorf("launcher pod %s does not run", key)
	}
	return pod.Status.PodIP, nil
}

// openKubelet serves the API server until the context ends.
func (h *handler) openKubelet(ctx context.Context, server kubeletServer) {
	go func() {
		if err := server.serve(ctx, h.pods.GetStore()); err != nil {
			log.Fatalf("kubelet: %v", err)
		}
	}()
}
