// Package loop runs a reconcile function over the keys of objects, as controllers do.
package loop

import (
	"context"
	"log"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
)

// Enough for a thousand VMs that start at the same time, and few enough for the two cores that they share with the API server.
const workers = 8

// Reconcile advances one object by a step, and returns the time until the next call; 0 waits for the next change.
type Reconcile func(ctx context.Context, key string) (time.Duration, error)

// Loop is a queue of keys, with the function that handles them.
type Loop struct {
	name      string
	reconcile Reconcile
	queue     workqueue.TypedRateLimitingInterface[string]
}

// New creates a loop. The name appears in the log.
func New(name string, reconcile Reconcile) *Loop {
	limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[string](20*time.Millisecond, 5*time.Second)
	return &Loop{name: name, reconcile: reconcile, queue: workqueue.NewTypedRateLimitingQueue(limiter)}
}

// Add adds a key.
func (l *Loop) Add(key string) { l.queue.Add(key) }

// Watch adds the key of every object of the informer that changes; keyOf may name another object, or "" for none.
func (l *Loop) Watch(informer cache.SharedIndexInformer, keyOf func(object any) string) {
	add := func(object any) {
		if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
			object = gone.Obj
		}
		if key := keyOf(object); key != "" {
			l.queue.Add(key)
		}
	}
	_, _ = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    add,
		UpdateFunc: func(_, object any) { add(object) },
		DeleteFunc: add,
	})
}

// AddAll adds every object of the informer.
func (l *Loop) AddAll(informer cache.SharedIndexInformer) {
	for _, key := range informer.GetStore().ListKeys() {
		l.queue.Add(key)
	}
}

// Run handles keys until the context ends.
func (l *Loop) Run(ctx context.Context) {
	for range workers {
		go func() {
			for l.next(ctx) {
			}
		}()
	}
	<-ctx.Done()
	l.queue.ShutDown()
}

func (l *Loop) next(ctx context.Context) bool {
	key, shutdown := l.queue.Get()
	if shutdown {
		return false
	}
	defer l.queue.Done(key)
	wait, err := l.reconcile(ctx, key)
	switch {
	case err != nil:
		// Objects that changed or were deleted in the meantime are not errors: their events have not arrived yet.
		if !apierrors.IsConflict(err) && !apierrors.IsNotFound(err) && !apierrors.IsAlreadyExists(err) {
			log.Printf("%s %s: %v", l.name, key, err)
		}
		l.queue.AddRateLimited(key)
	default:
		l.queue.Forget(key)
		if wait > 0 {
			l.queue.AddAfter(key, wait)
		}
	}
	return true
}

// MetaKey is namespace/name of the object itself.
func MetaKey(object any) string {
	key, err := cache.MetaNamespaceKeyFunc(object)
	if err != nil {
		return ""
	}
	return key
}

// Start starts the informers, and waits until each has its first list.
func Start(ctx context.Context, informers ...cache.SharedIndexInformer) bool {
	synced := make([]cache.InformerSynced, 0, len(informers))
	for _, informer := range informers {
		go informer.Run(ctx.Done())
		synced = append(synced, informer.HasSynced)
	}
	return cache.WaitForCacheSync(ctx.Done(), synced...)
}
