package rules

import (
	"log"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// The ConfigMap with the rules, and the key in it that the installation writes.
const (
	Namespace = "kubevirt"
	Name      = "bed"
	Key       = "rules"
)

// Book has the current rules.
type Book struct {
	Informer cache.SharedIndexInformer

	lock    sync.RWMutex
	rules   []Rule
	changed []func()
}

// NewBook reads the ConfigMap when its informer starts, and after each change.
func NewBook(client kubernetes.Interface) *Book {
	only := fields.OneTermEqualSelector(metav1.ObjectNameField, Name)
	source := cache.NewListWatchFromClient(client.CoreV1().RESTClient(), "configmaps", Namespace, only)
	book := &Book{Informer: cache.NewSharedIndexInformer(source, &corev1.ConfigMap{}, 0, cache.Indexers{})}
	_, _ = book.Informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { book.read(object.(*corev1.ConfigMap).Data) },
		UpdateFunc: func(_, object any) { book.read(object.(*corev1.ConfigMap).Data) },
		DeleteFunc: func(any) { book.read(nil) },
	})
	return book
}

// For returns the behavior of one object.
func (b *Book) For(namespace, name string) Behaviour {
	b.lock.RLock()
	defer b.lock.RUnlock()
	return behaviour(b.rules, namespace, name)
}

// OnChange registers a function that is called after each change of the rules.
func (b *Book) OnChange(call func()) {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.changed = append(b.changed, call)
}

func (b *Book) read(data map[string]string) {
	list, err := parseAll(data)
	if err != nil {
		log.Printf("%v; the rules before stay in force", err)
		return
	}
	b.lock.Lock()
	b.rules = list
	changed := b.changed
	b.lock.Unlock()
	log.Printf("%d rules in force", len(list))
	for _, call := range changed {
		call()
	}
}
