package loop

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// Pace records when each object began its step. API timestamps have whole seconds, which is too coarse for tests.
type Pace struct {
	lock  sync.Mutex
	since map[types.UID]map[string]time.Time
}

// NewPace returns an empty record.
func NewPace() *Pace { return &Pace{since: map[types.UID]map[string]time.Time{}} }

// Wait returns the remaining time of the step of the object. The step begins with the first call.
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

// Forget removes a deleted object.
func (p *Pace) Forget(uid types.UID) {
	p.lock.Lock()
	defer p.lock.Unlock()
	delete(p.since, uid)
}
