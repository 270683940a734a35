package guests

import (
	"slices"
	"testing"

	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

func endpoint(address, hostname string, ready bool) discoveryv1.Endpoint {
	return discoveryv1.Endpoint{
		Addresses: []string{address}, Hostname: &hostname, Conditions: discoveryv1.EndpointConditions{Ready: &ready},
	}
}

func sliceOf(name, namespace, service string, endpoints ...discoveryv1.Endpoint) *discoveryv1.EndpointSlice {
	labels := map[string]string{discoveryv1.LabelServiceName: service}
	return &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace, Labels: labels}, Endpoints: endpoints,
	}
}

func TestNamesOfServicesAndOfTheirPods(t *testing.T) {
	names := NewNames(fake.NewClientset())
	for _, slice := range []*discoveryv1.EndpointSlice{
		sliceOf("a", "ns", "peers", endpoint("10.128.0.2", "vm-1", true), endpoint("10.128.0.1", "vm-0", true)),
		sliceOf("b", "ns", "peers", endpoint("10.128.0.3", "vm-2", false)),
		sliceOf("c", "other", "peers", endpoint("10.128.0.4", "vm-0", true)),
	} {
		if err := names.Slices.GetStore().Add(slice); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string][]string{
		"peers.ns.svc.cluster.local":         {"10.128.0.1", "10.128.0.2"},
		"vm-1.peers.ns.svc.cluster.local":    {"10.128.0.2"},
		"vm-2.peers.ns.svc.cluster.local":    nil,
		"vm-0.peers.other.svc.cluster.local": {"10.128.0.4"},
		"a.vm-1.peers.ns.svc.cluster.local":  nil,
		"peers.svc.cluster.local":            nil,
		"peers.ns":                           nil,
		"example.com":                        nil,
	} {
		if got := names.lookUp(name); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}
