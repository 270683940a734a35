package loop

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// Pace remembers since when each object stands at its step: API timestamps have whole seconds, too coarse for tests.
type Pace struct {
	lock  sync.Mutex
	since map[types.UID]map[string]time.Time
}

// NewPace remembers nothing yet.
func NewPace() *Pace { return &Pace{since: map[types.UID]map[string]time.Time{}} }

// Wait is how long the step of the object still lasts; its first call is when the step began.
func (p *Pace) Wait(uid types.UID, step string, lasts time.Duration) time.Duration {
	p.lock.Lock()
	defer p.lock.Unlock()
	steps := p.since[uid]
	if steps == nil {
		steps = map[string]time.Time{}
		p.since[uid] = steps
	}
	if _, ok := steps[step]; !ok {
		steps[step] = time.Now()
	}
	return max(0, lasts-time.Since(steps[step]))
}

// Forget an object that is gone.
func (p *Pace) Forget(uid types.UID) {
	p.lock.Lock()
	defer p.lock.Unlock()
	delete(p.since, uid)
}
