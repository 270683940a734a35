package handler

import (
	"context"
	"log"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/tools/cache"
	kubevirtv1 "kubevirt.io/api/core/v1"

	"virtwork.test/cluster/kubevirt/guests"
)

// realGuest is the annotation of an instance whose guest runs in QEMU.
const realGuest = "bed/real-guest"

// openHost prepares for real guests: the disks of deleted claims are removed, and a DNS server answers the guests.
func (h *handler) openHost(ctx context.Context, settings guests.Settings) error {
	host, err := guests.NewHost(h.client, settings)
	if err != nil {
		return err
	}
	h.host = host
	source := cache.NewListWatchFromClient(h.client.CoreV1().RESTClient(), "persistentvolumeclaims", metav1.NamespaceAll, fields.Everything())
	claims := cache.NewSharedIndexInformer(source, &corev1.PersistentVolumeClaim{}, 0, cache.Indexers{})
	_, _ = claims.AddEventHandler(cache.ResourceEventHandlerFuncs{DeleteFunc: func(object any) {
		if claim, ok := object.(*corev1.PersistentVolumeClaim); ok {
			host.Forget(claim.UID)
		}
	}})
	names := guests.NewNames(h.client)
	go claims.Run(ctx.Done())
	go names.Slices.Run(ctx.Done())
	go func() {
		if err := names.Serve(ctx); err != nil {
			log.Fatalf("DNS: %v", err)
		}
	}()
	return nil
}

// keepOnly ends guests whose instance has ended or was deleted.
func (h *handler) keepOnly(key string, g *guest) {
	switch {
	case h.host == nil:
	case g.vmi == nil || g.vmi.IsFinal():
		h.host.Keep(key, "")
	default:
		h.host.Keep(key, g.vmi.UID)
	}
}

// isReal is true if the guest runs in QEMU, or did before this program was restarted.
func (g *guest) isReal() bool { return g.vmi != nil && g.vmi.Annotations[realGuest] != "" }

// bootReal starts QEMU. The instance is Running when QEMU runs.
func (g *guest) bootReal(ctx context.Context, pod *corev1.Pod) {
	switch {
	case g.host == nil:
		log.Printf("%s/%s: a real guest needs bed up --guests", g.vmi.Namespace, g.vmi.Name)
		g.enter(kubevirtv1.Failed)
	case g.machine == nil:
		g.host.Start(ctx, g.vmi.DeepCopy(), pod, g.changed)
	case g.machine.Ended():
		g.enter(kubevirtv1.Failed)
	case g.machine.Running():
		metav1.SetMetaDataAnnotation(&g.vmi.ObjectMeta, realGuest, "true")
		g.enter(kubevirtv1.Running)
		g.report()
	}
}

// ended handles the end of a running real guest: it shut down, it was killed, or this program was restarted.
func (g *guest) ended() bool {
	switch {
	case !g.isReal():
		return false
	case g.machine == nil || g.machine.Ended() && g.machine.Failed():
		g.enter(kubevirtv1.Failed)
	case g.machine.Ended():
		g.enter(kubevirtv1.Succeeded)
	default:
		return false
	}
	return true
}

// shutDownReal returns true when the guest has ended.
func (g *guest) shutDownReal() bool {
	if g.machine == nil || g.machine.Ended() {
		return true
	}
	g.machine.ShutDown(g.gracePeriod())
	return false
}

func (g *guest) gracePeriod() time.Duration {
	grace := g.vmi.Spec.TerminationGracePeriodSeconds
	if pod := g.pod(); pod != nil && pod.DeletionGracePeriodSeconds != nil {
		grace = pod.DeletionGracePeriodSeconds
	}
	if grace == nil {
		return 30 * time.Second
	}
	return time.Duration(*grace) * time.Second
}

// moveReal gives the guest the address of its target pod. It returns true when that is done.
func (g *guest) moveReal(state *kubevirtv1.VirtualMachineInstanceMigrationState) (bool, error) {
	if g.machine == nil {
		return true, nil
	}
	for _, pod := range g.pods {
		if pod.Name == state.TargetPod {
			return g.machine.MoveTo(pod.Status.PodIP)
		}
	}
	return true, nil
}
