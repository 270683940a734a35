package guests

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"time"
)

// An emulated guest answers slowly.
const patience = 30 * time.Second

// conversation is a connection to QEMU or to the guest agent. Both exchange lines of JSON over a Unix socket.
type conversation struct {
	net.Conn
	lines *bufio.Scanner
}

type answer struct {
	Return json.RawMessage `json:"return"`
	Error  *struct {
		Desc string `json:"desc"`
	} `json:"error"`
}

func dial(socket string) (*conversation, error) {
	connection, err := net.DialTimeout("unix", socket, patience)
	if err != nil {
		return nil, err
	}
	_ = connection.SetDeadline(time.Now().Add(patience))
	lines := bufio.NewScanner(connection)
	lines.Buffer(nil, 1<<20)
	return &conversation{connection, lines}, nil
}

// say sends a command, and returns the next answer. It skips the greeting and events.
func (c *conversation) say(command string, arguments map[string]any) (json.RawMessage, error) {
	if err := c.send(command, arguments); err != nil {
		return nil, err
	}
	return c.hear(command)
}

func (c *conversation) send(command string, arguments map[string]any) error {
	request := map[string]any{"execute": command}
	if arguments != nil {
		request["arguments"] = arguments
	}
	line, err := json.Marshal(request)
	if err != nil {
		return err
	}
	_, err = c.Write(append(line, '\n'))
	return err
}

func (c *conversation) hear(command string) (json.RawMessage, error) {
	for c.lines.Scan() {
		var a answer
		switch {
		case json.Unmarshal(c.lines.Bytes(), &a) != nil:
		case a.Error != nil:
			return nil, fmt.Errorf("%s: %s", command, a.Error.Desc)
		case a.Return != nil:
			return a.Return, nil
		}
	}
	return nil, errors.Join(fmt.Errorf("%s: no answer", command), c.lines.Err())
}

// talk begins a conversation with QEMU. QEMU has one at a time, and lets others wait.
func (m *Machine) talk() (*conversation, error) {
	c, err := dial(m.file("qmp"))
	if err != nil {
		return nil, err
	}
	if _, err := c.say("qmp_capabilities", nil); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// monitor sends a command to QEMU.
func (m *Machine) monitor(command string, arguments map[string]any) (json.RawMessage, error) {
	c, err := m.talk()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return c.say(command, arguments)
}

// forward adds or removes a forwarded port. QEMU has this only as a command for humans, whose output ends in this text.
func (m *Machine) forward(command, success string) error {
	result, err := m.monitor("human-monitor-command", map[string]any{"command-line": command})
	if err != nil {
		return err
	}
	var text string
	if err := json.Unmarshal(result, &text); err != nil {
		return err
	}
	text = strings.TrimSpace(text)
	if isSuccess := text == success || success != "" && strings.HasSuffix(text, success); !isSuccess {
		return fmt.Errorf("%s: %s", command, text)
	}
	return nil
}

// agent sends a command to the guest agent.
func (m *Machine) agent(command string, arguments map[string]any) (json.RawMessage, error) {
	c, err := dial(m.file("agent"))
	if err != nil {
		return nil, err
	}
	defer c.Close()
	// The answer to a command of an earlier connection may come first.
	id := rand.Int32()
	if err := c.send("guest-sync", map[string]any{"id": id}); err != nil {
		return nil, err
	}
	for {
		result, err := c.hear("guest-sync")
		if err != nil {
			return nil, err
		}
		if string(result) == fmt.Sprint(id) {
			return c.say(command, arguments)
		}
	}
}
