package client

import "time"

// ReadRaw waits for the next frame and returns it as it came, for load tests
// that must not spend their time on decoding.
func (c *Conn) ReadRaw() ([]byte, error) {
	if err := c.ws.SetReadDeadline(time.Now().Add(silence)); err != nil {
		return nil, &lineError{err}
	}
	_, raw, err := c.ws.ReadMessage()
	if err != nil {
		return nil, &lineError{err}
	}
	return raw, nil
}
