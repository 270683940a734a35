// Package cdi simulates the Containerized Data Importer and the storage beneath it: DataVolumes get their claims, claims
// their volumes, and nothing is ever copied.
package cdi

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/cache"
	"kubevirt.io/client-go/kubecli"
	cdiv1 "kubevirt.io/containerized-data-importer-api/pkg/apis/core/v1beta1"

	"virtwork.test/cluster/kubevirt/connect"
	"virtwork.test/cluster/kubevirt/loop"
	"virtwork.test/cluster/kubevirt/rules"
)

type importer struct {
	client  kubecli.KubevirtClient
	sources cache.SharedIndexInformer
	claims  cache.SharedIndexInformer
	volumes cache.SharedIndexInformer
	book    *rules.Book
	pace    *loop.Pace
}

// Main runs until the context ends.
func Main(ctx context.Context, args []string) error {
	client, err := connect.NewFlags("simulated-cdi").Client(args)
	if err != nil {
		return err
	}
	newImporter(client).run(ctx)
	return nil
}

func newImporter(client kubecli.KubevirtClient) *importer {
	return &importer{
		client:  client,
		sources: informer(client.CdiClient().CdiV1beta1().RESTClient(), "datavolumes", &cdiv1.DataVolume{}),
		claims:  informer(client.CoreV1().RESTClient(), "persistentvolumeclaims", &corev1.PersistentVolumeClaim{}),
		volumes: informer(client.CoreV1().RESTClient(), "persistentvolumes", &corev1.PersistentVolume{}),
		book:    rules.NewBook(client),
		pace:    loop.NewPace(),
	}
}

func informer(client cache.Getter, resource string, kind runtime.Object) cache.SharedIndexInformer {
	source := cache.NewListWatchFromClient(client, resource, metav1.NamespaceAll, fields.Everything())
	return cache.NewSharedIndexInformer(source, kind, 0, cache.Indexers{})
}

func (i *importer) run(ctx context.Context) {
	filling := loop.New("data volume", i.fill)
	// A claim has the name of its DataVolume.
	filling.Watch(i.sources, loop.MetaKey)
	filling.Watch(i.claims, loop.MetaKey)
	binding := loop.New("claim", i.provision)
	binding.Watch(i.claims, loop.MetaKey)
	releasing := loop.New("volume", i.release)
	releasing.Watch(i.volumes, loop.MetaKey)
	i.book.OnChange(func() {
		filling.AddAll(i.sources)
		binding.AddAll(i.claims)
	})
	_, _ = i.sources.AddEventHandler(cache.ResourceEventHandlerFuncs{DeleteFunc: i.forget})
	if loop.Start(ctx, i.sources, i.claims, i.volumes, i.book.Informer) {
		go filling.Run(ctx)
		go binding.Run(ctx)
		releasing.Run(ctx)
	}
}

func (i *importer) forget(object any) {
	if dv, ok := object.(*cdiv1.DataVolume); ok {
		i.pace.Forget(dv.UID)
	}
}

func (i *importer) claim(key string) *corev1.PersistentVolumeClaim {
	object, exists, err := i.claims.GetStore().GetByKey(key)
	if err != nil || !exists {
		return nil
	}
	return object.(*corev1.PersistentVolumeClaim)
}

func (i *importer) wait(dv *cdiv1.DataVolume, step string, rule rules.Behaviour) time.Duration {
	return i.pace.Wait(dv.UID, step, rule.Pace)
}
