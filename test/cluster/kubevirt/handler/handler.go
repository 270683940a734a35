// Package handler simulates virt-handler on every node, and the launcher pods it works with: guests that do not exist
// boot, answer their readiness probe, migrate and shut down as the rules say. Guests that a rule makes real run in QEMU.
// It also forwards ports of launcher pods, as the kubelets do, and serves the metrics of real guests to Prometheus.
package handler

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/tools/cache"
	kubevirtv1 "kubevirt.io/api/core/v1"
	"kubevirt.io/client-go/kubecli"

	"virtwork.test/cluster/kubevirt/connect"
	"virtwork.test/cluster/kubevirt/guests"
	"virtwork.test/cluster/kubevirt/loop"
	"virtwork.test/cluster/kubevirt/rules"
)

// Index of launcher pods by the key of their VirtualMachineInstance.
const byInstance = "instance"

type handler struct {
	client kubecli.KubevirtClient
	vmis   cache.SharedIndexInformer
	pods   cache.SharedIndexInformer
	book   *rules.Book
	pace   *loop.Pace
	loop   *loop.Loop
	// host is nil if the bed has no real guests.
	host *guests.Host
}

// Main runs until the context ends.
func Main(ctx context.Context, args []string) error {
	var settings guests.Settings
	flags := connect.NewFlags("simulated-virt-handler")
	flags.StringVar(&settings.Program, "guests", "", "program that creates the disks of real guests")
	flags.StringVar(&settings.Images, "images", "", "folder with the images of real guests")
	flags.StringVar(&settings.State, "state", "", "folder for the disks of real guests")
	flags.StringVar(&settings.Logs, "logs", "", "folder for the consoles of real guests")
	var kubelet kubeletServer
	flags.StringVar(&kubelet.address, "kubelet", "", "address where the kubelets of all nodes serve the API server")
	flags.StringVar(&kubelet.certificate, "kubelet-cert-file", "", "certificate of the kubelets")
	flags.StringVar(&kubelet.key, "kubelet-key-file", "", "key of the certificate")
	metrics := flags.String("metrics", "", "address where Prometheus reads the metrics of real guests")
	client, err := flags.Client(args)
	if err != nil {
		return err
	}
	h := newHandler(client)
	if settings.Program != "" {
		if err := h.openHost(ctx, settings); err != nil {
			return err
		}
		if err := h.openMetrics(ctx, *metrics); err != nil {
			return err
		}
	}
	go h.beat(ctx)
	h.openKubelet(ctx, kubelet)
	if loop.Start(ctx, h.vmis, h.pods, h.book.Informer) {
		h.loop.Run(ctx)
	}
	return nil
}

func newHandler(client kubecli.KubevirtClient) *handler {
	h := &handler{
		client: client,
		vmis:   newVMIInformer(client),
		pods:   newPodInformer(client),
		book:   rules.NewBook(client),
		pace:   loop.NewPace(),
	}
	h.loop = loop.New("instance", h.reconcile)
	h.loop.Watch(h.vmis, loop.MetaKey)
	h.loop.Watch(h.pods, instanceKey)
	h.book.OnChange(func() { h.loop.AddAll(h.vmis) })
	_, _ = h.vmis.AddEventHandler(cache.ResourceEventHandlerFuncs{DeleteFunc: h.forget})
	return h
}

func newVMIInformer(client kubecli.KubevirtClient) cache.SharedIndexInformer {
	source := cache.NewListWatchFromClient(client.RestClient(), "virtualmachineinstances", metav1.NamespaceAll, fields.Everything())
	return cache.NewSharedIndexInformer(source, &kubevirtv1.VirtualMachineInstance{}, 0, cache.Indexers{})
}

func newPodInformer(client kubecli.KubevirtClient) cache.SharedIndexInformer {
	launchers := func(options *metav1.ListOptions) { options.LabelSelector = kubevirtv1.AppLabel + "=virt-launcher" }
	source := cache.NewFilteredListWatchFromClient(client.CoreV1().RESTClient(), "pods", metav1.NamespaceAll, launchers)
	return cache.NewSharedIndexInformer(source, &corev1.Pod{}, 0, cache.Indexers{
		byInstance: func(object any) ([]string, error) { return []string{instanceKey(object)}, nil },
	})
}

// instanceKey is the key of the VirtualMachineInstance that a launcher pod is for.
func instanceKey(object any) string {
	pod := object.(*corev1.Pod)
	if owner := metav1.GetControllerOf(pod); owner != nil {
		return pod.Namespace + "/" + owner.Name
	}
	return ""
}

func (h *handler) forget(object any) {
	if vmi, ok := object.(*kubevirtv1.VirtualMachineInstance); ok {
		h.pace.Forget(vmi.UID)
	}
}

func (h *handler) reconcile(ctx context.Context, key string) (time.Duration, error) {
	g, err := h.guest(key)
	if err != nil {
		return 0, err
	}
	h.keepOnly(key, g)
	wait := time.Duration(0)
	if g.vmi != nil {
		before := g.vmi
		g.vmi = before.DeepCopy()
		wait = g.live(ctx)
		if changed(before, g.vmi) {
			// All of it: a VirtualMachineInstance has no status subresource. The update comes back as an event, and with it
			// the pods' turn.
			_, err := h.client.VirtualMachineInstance(g.vmi.Namespace).Update(ctx, g.vmi, metav1.UpdateOptions{})
			return wait, err
		}
	}
	return wait, h.syncPods(ctx, g)
}

func (h *handler) guest(key string) (*guest, error) {
	g := &guest{pace: h.pace, host: h.host, changed: func() { h.loop.Add(key) }}
	pods, err := h.pods.GetIndexer().ByIndex(byInstance, key)
	if err != nil {
		return nil, err
	}
	for _, object := range pods {
		g.pods = append(g.pods, object.(*corev1.Pod))
	}
	object, exists, err := h.vmis.GetStore().GetByKey(key)
	if err != nil || !exists {
		return g, err
	}
	g.vmi = object.(*kubevirtv1.VirtualMachineInstance)
	g.rule = h.book.For(g.vmi.Namespace, g.vmi.Name)
	if h.host != nil {
		g.machine = h.host.Machine(g.vmi.UID)
	}
	return g, nil
}

func changed(before, after *kubevirtv1.VirtualMachineInstance) bool {
	return !equality.Semantic.DeepEqual(before.Status, after.Status) ||
		!equality.Semantic.DeepEqual(before.Labels, after.Labels) ||
		!equality.Semantic.DeepEqual(before.Annotations, after.Annotations)
}
