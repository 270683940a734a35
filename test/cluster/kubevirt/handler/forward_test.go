package handler

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"
)

func storeOf(t *testing.T, phase corev1.PodPhase, address string) cache.Store {
	t.Helper()
	store := cache.NewStore(cache.MetaNamespaceKeyFunc)
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "pod"}}
	pod.Status = corev1.PodStatus{Phase: phase, PodIP: address}
	if err := store.Add(pod); err != nil {
		t.Fatal(err)
	}
	return store
}

func TestForwardsBothWaysFromALoopbackAddress(t *testing.T) {
	const address = "127.0.0.7"
	listener, err := net.Listen("tcp", address+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		defer connection.Close()
		question := make([]byte, 4)
		_, _ = io.ReadFull(connection, question)
		from, _, _ := net.SplitHostPort(connection.RemoteAddr().String())
		_, _ = io.WriteString(connection, string(question)+" from "+from)
	}()
	near, far := net.Pipe()
	defer near.Close()
	_ = near.SetDeadline(time.Now().Add(10 * time.Second))
	ended := make(chan error, 1)
	port := int32(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		ended <- forwarder{storeOf(t, corev1.PodRunning, address)}.PortForward(context.Background(), "ns/pod", "", port, far)
	}()
	if _, err := io.WriteString(near, "ping"); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(near)
	if err != nil || string(got) != "ping from "+forwardFrom {
		t.Errorf("got %q, %v", got, err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestReportsWhatCannotBeReached(t *testing.T) {
	for _, row := range []struct {
		key, address string
		phase        corev1.PodPhase
		want         string
	}{
		{"ns/other", "127.0.0.7", corev1.PodRunning, "launcher pod ns/other not found"},
		{"ns/pod", "", corev1.PodRunning, "launcher pod ns/pod does not run"},
		{"ns/pod", "127.0.0.7", corev1.PodSucceeded, "launcher pod ns/pod does not run"},
		{"ns/pod", "127.0.0.7", corev1.PodRunning, "connect: connection refused"},
	} {
		_, far := net.Pipe()
		err := forwarder{storeOf(t, row.phase, row.address)}.PortForward(context.Background(), row.key, "", 1, far)
		if err == nil || !strings.HasSuffix(err.Error(), row.want) {
			t.Errorf("%s %s %q: got %v, want %q", row.key, row.phase, row.address, err, row.want)
		}
	}
}
