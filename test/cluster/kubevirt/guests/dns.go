package guests

import (
	"context"
	"net"
	"slices"
	"strings"

	"github.com/miekg/dns"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

const (
	clusterDomain = "cluster.local"
	serviceDomain = "svc." + clusterDomain
	// dnsAddress is in the range of Services.
	dnsAddress = "10.96.0.10"
	// Seconds, as in CoreDNS.
	timeToLive = 5
	byService  = "service"
)

// Names is the DNS of the cluster: names of Services and of the pods behind them, from EndpointSlices. The name of a
// Service leads to its ready pods, because no proxy answers at the address of the Service.
type Names struct {
	Slices cache.SharedIndexInformer
}

// NewNames reads EndpointSlices when its informer starts.
func NewNames(client kubernetes.Interface) *Names {
	source := cache.NewListWatchFromClient(client.DiscoveryV1().RESTClient(), "endpointslices", metav1.NamespaceAll, fields.Everything())
	return &Names{cache.NewSharedIndexInformer(source, &discoveryv1.EndpointSlice{}, 0, cache.Indexers{
		byService: func(object any) ([]string, error) {
			slice := object.(*discoveryv1.EndpointSlice)
			return []string{slice.Namespace + "/" + slice.Labels[discoveryv1.LabelServiceName]}, nil
		},
	})}
}

// Serve answers until the context ends.
func (n *Names) Serve(ctx context.Context) error {
	failed := make(chan error, 2)
	for _, network := range []string{"udp", "tcp"} {
		server := &dns.Server{Addr: net.JoinHostPort(dnsAddress, "53"), Net: network, Handler: dns.HandlerFunc(n.answer)}
		go func() { failed <- server.ListenAndServe() }()
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

func (n *Names) answer(w dns.ResponseWriter, request *dns.Msg) {
	reply := new(dns.Msg).SetReply(request)
	reply.Authoritative = true
	if len(request.Question) == 1 {
		n.fill(reply, request.Question[0])
	}
	_ = w.WriteMsg(reply)
}

func (n *Names) fill(reply *dns.Msg, question dns.Question) {
	addresses := n.lookUp(strings.ToLower(strings.TrimSuffix(question.Name, ".")))
	if len(addresses) == 0 {
		reply.Rcode = dns.RcodeNameError
	}
	// The pods have no other addresses, but their names exist.
	if question.Qtype != dns.TypeA {
		return
	}
	for _, address := range addresses {
		reply.Answer = append(reply.Answer, &dns.A{
			Hdr: dns.RR_Header{Name: question.Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: timeToLive},
			A:   net.ParseIP(address),
		})
	}
}

// lookUp returns the addresses behind [HOSTNAME.]SERVICE.NAMESPACE.svc.cluster.local.
func (n *Names) lookUp(name string) []string {
	path, ok := strings.CutSuffix(name, "."+serviceDomain)
	labels := strings.Split(path, ".")
	if !ok || len(labels) < 2 || len(labels) > 3 {
		return nil
	}
	hostname := ""
	if len(labels) == 3 {
		hostname, labels = labels[0], labels[1:]
	}
	objects, err := n.Slices.GetIndexer().ByIndex(byService, labels[1]+"/"+labels[0])
	if err != nil {
		return nil
	}
	var addresses []string
	for _, object := range objects {
		addresses = append(addresses, addressesOf(object.(*discoveryv1.EndpointSlice), hostname)...)
	}
	slices.Sort(addresses)
	return slices.Compact(addresses)
}

func addressesOf(slice *discoveryv1.EndpointSlice, hostname string) []string {
	var addresses []string
	for _, endpoint := range slice.Endpoints {
		isMeant := hostname == "" || endpoint.Hostname != nil && *endpoint.Hostname == hostname
		// The controller sets this too for a Service that publishes pods that are not ready.
		isReady := endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready
		if isMeant && isReady {
			addresses = append(addresses, endpoint.Addresses...)
		}
	}
	return addresses
}
