package bus

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"regexp"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"earshot/internal/chat"
)

const (
	// mostDelay is how long a node waits at most before it tries NATS again.
	mostDelay = 2 * time.Second
	// pingEvery and pingsLost find a connection that is dead without saying so:
	// after 6 s.
	pingEvery = 2 * time.Second
	pingsLost = 2
	// writeTime is how long a write to NATS may block before the connection counts
	// as dead, and dialTime how long connecting may take.
	writeTime = 2 * time.Second
	dialTime  = 2 * time.Second
	// leaveTime is how long Close waits for NATS to take what was rung before.
	leaveTime = time.Second
)

// NATS is the bus of several nodes that share a NATS server or cluster. It is a
// bell: subscribers of the own node hear at once and without it; the other nodes
// hear as long as NATS carries. What it loses costs a wake-up, which the readers'
// polling makes good, or a signal, which its sender repeats.
type NATS struct {
	here *Local      // the subscribers of this node
	out  *subscriber // what the other nodes are to be told
	nc   *nats.Conn
	log  *slog.Logger

	wakeSubject, signalSubject, askSubject string

	drain   chan chan struct{}
	closing chan struct{}
	close   sync.Once
	pumping sync.WaitGroup

	changed atomic.Int64 // when it connected or lost NATS, in microseconds since 1970
	reason  atomic.Value // string: why it cannot connect
	known   atomic.Bool  // that the first connection is there
	lost    atomic.Int64
	bad     atomic.Int64
}

// Health is how the connection to the other nodes is.
type Health struct {
	Connected bool
	// Since is when that began. Reason says why it is away, empty = connected or not
	// known.
	Since  time.Time
	Reason string
	// Reconnects counts connections after the first one. Lost counts wake-ups and
	// signals that could not be handed to NATS, Bad what came from it and was not a
	// signal.
	Reconnects, Lost, Bad int64
}

var workspaceWord = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// DialNATS connects to the servers in urls, a list with commas of addresses like
// nats://user:password@host:4222 or tls://host:4222. The nodes of one workspace
// hear each other and nobody else; workspace is letters, digits, - and _. A server
// that is away is no error: the bus rings on the own node alone until it is there,
// and tries without end. The error names what is wrong with the addresses and never
// a password.
func DialNATS(urls, workspace string, log *slog.Logger) (*NATS, error) {
	return dialNATS(urls, workspace, log)
}

func dialNATS(urls, workspace string, log *slog.Logger, more ...nats.Option) (*NATS, error) {
	if !workspaceWord.MatchString(workspace) {
		return nil, fmt.Errorf("bus: %q cannot name a workspace", workspace)
	}
	b := &NATS{here: NewLocal(), out: newSubscriber(), log: log, drain: make(chan chan struct{}), closing: make(chan struct{}),
		wakeSubject: "earshot." + workspace + ".wake", signalSubject: "earshot." + workspace + ".signal", askSubject: "earshot." + workspace + ".ask."}
	b.turn("")
	var err error
	if b.nc, err = nats.Connect(urls, append(append(b.options(), nats.CustomInboxPrefix("earshot."+workspace+".answer")), more...)...); err != nil {
		return nil, fmt.Errorf("bus: connect to NATS: %w", withoutSecrets(err))
	}
	if err := b.listen(); err != nil {
		b.nc.Close()
		return nil, fmt.Errorf("bus: subscribe at NATS: %w", err)
	}
	if b.nc.IsConnected() {
		b.found(b.nc)
		if err := b.nc.FlushTimeout(dialTime); err != nil {
			log.Warn("bus: NATS", slog.String("error", err.Error()))
		}
	}
	b.pumping.Go(b.pump)
	return b, nil
}

// withoutSecrets replaces an error that quotes an address with its password.
func withoutSecrets(err error) error {
	if quoting := new(url.Error); errors.As(err, &quoting) {
		return errors.New("an address cannot be read; it looks like nats://user:password@host:4222, with special characters percent-encoded")
	}
	return err
}

func (b *NATS) options() []nats.Option {
	return []nats.Option{
		nats.Name("earshot"), nats.NoEcho(), nats.RetryOnFailedConnect(true), nats.IgnoreAuthErrorAbort(), nats.NoCallbacksAfterClientClose(),
		nats.Timeout(dialTime), nats.MaxReconnects(-1), nats.CustomReconnectDelay(delay),
		// What was rung while NATS was away is old when it is back.
		nats.ReconnectBufSize(-1),
		nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(pingsLost), nats.FlusherTimeout(writeTime),
		nats.ConnectHandler(b.found), nats.ReconnectHandler(b.found), nats.DisconnectErrHandler(b.away),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { b.reason.Store(err.Error()) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { b.trouble(err) }),
	}
}

// delay is how long to wait after all servers were tried that often. Nodes that
// lost NATS together do not come back in one instant.
func delay(attempts int) time.Duration {
	most := min(100*time.Millisecond<<min(attempts, 5), mostDelay)
	return most/2 + rand.N(most/2)
}

// found is called for each connection; for the first one perhaps twice.
func (b *NATS) found(nc *nats.Conn) {
	if nc.Stats().Reconnects == 0 && b.known.Swap(true) {
		return
	}
	b.turn("")
	b.log.Info("bus: NATS is there", slog.String("server", nc.ConnectedUrlRedacted()))
	// Others may have rung meanwhile, and been rung by this node in vain.
	b.Wake()
}

func (b *NATS) away(_ *nats.Conn, err error) {
	reason := "the connection was closed"
	if err != nil {
		reason = err.Error()
	}
	b.turn(reason)
	b.log.Warn("bus: NATS is away; what is written on other nodes is found by polling, and typing is not seen across nodes", slog.String("reason", reason))
}

func (b *NATS) turn(reason string) {
	b.changed.Store(time.Now().UnixMicro())
	b.reason.Store(reason)
}

// trouble is told of a subscription that was too slow, among others: what it
// missed is in the log.
func (b *NATS) trouble(err error) {
	b.log.Warn("bus: NATS", slog.String("error", err.Error()))
	b.here.Wake()
}

func (b *NATS) listen() error {
	if _, err := b.nc.Subscribe(b.wakeSubject, func(*nats.Msg) { b.here.Wake() }); err != nil {
		return err
	}
	_, err := b.nc.Subscribe(b.signalSubject, b.hear)
	return err
}

func (b *NATS) hear(m *nats.Msg) {
	var sig chat.Signal
	if err := json.Unmarshal(m.Data, &sig); err != nil || sig.Kind == "" {
		b.bad.Add(1)
		return
	}
	b.here.Signal(sig)
}

// Wake implements Bus.
func (b *NATS) Wake() {
	b.here.Wake()
	b.out.wake()
}

// Signal implements Bus.
func (b *NATS) Signal(sig chat.Signal) {
	b.here.Signal(sig)
	b.out.push(sig)
}

// Subscribe implements Bus.
func (b *NATS) Subscribe() (Subscription, func()) { return b.here.Subscribe() }

// Health tells how the connection to the other nodes is.
func (b *NATS) Health() Health {
	return Health{Connected: b.nc.IsConnected(), Since: time.UnixMicro(b.changed.Load()), Reason: b.reason.Load().(string),
		Reconnects: int64(b.nc.Stats().Reconnects), Lost: b.lost.Load(), Bad: b.bad.Load()}
}

// Close hands NATS what was rung before, waiting at most a second, and leaves it.
// Nobody may ring afterwards. It may be called twice.
func (b *NATS) Close() {
	b.close.Do(func() {
		b.flush()
		close(b.closing)
		b.pumping.Wait()
		b.nc.Close()
	})
}

// flush returns when NATS has what was rung before, or cannot be reached.
func (b *NATS) flush() {
	sent := make(chan struct{})
	b.drain <- sent
	<-sent
	if !b.nc.IsConnected() {
		return
	}
	if err := b.nc.FlushTimeout(leaveTime); err != nil {
		b.log.Debug("bus: flush NATS", slog.String("error", err.Error()))
	}
}

// pump hands to NATS what the other nodes are to be told. It alone waits for the
// network.
func (b *NATS) pump() {
	for {
		select {
		case <-b.closing:
			return
		case <-b.out.wakes:
			b.publish(b.wakeSubject, nil)
		case sig := <-b.out.signals:
			b.tell(sig)
		case sent := <-b.drain:
			b.empty()
			close(sent)
		}
	}
}

// empty publishes what waits now.
func (b *NATS) empty() {
	for {
		select {
		case <-b.out.wakes:
			b.publish(b.wakeSubject, nil)
		case sig := <-b.out.signals:
			b.tell(sig)
		default:
			return
		}
	}
}

func (b *NATS) tell(sig chat.Signal) {
	data, err := json.Marshal(sig)
	if err != nil {
		b.trouble(err)
		return
	}
	b.publish(b.signalSubject, data)
}

func (b *NATS) publish(subject string, data []byte) {
	if err := b.nc.Publish(subject, data); err != nil {
		b.lost.Add(1)
	}
}
