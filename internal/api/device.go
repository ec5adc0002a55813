package api

import (
	"strings"

	"github.com/mileusna/useragent"
)

// deviceName is a browser and a system in words, "" where it cannot be told.
func deviceName(userAgent string) string {
	ua := useragent.Parse(userAgent)
	switch {
	case ua.Name == "" || ua.Bot:
		return ""
	case ua.OS == "":
		return clip(ua.Name, 60)
	}
	return clip(ua.Name+", "+ua.OS, 60)
}

// deviceText is a device as its owner reads it: browser and system, or what a program
// calls itself, cut to a line. A browser that a program drives is that browser.
func deviceText(userAgent string) string {
	userAgent = strings.Replace(userAgent, "HeadlessChrome/", "Chrome/", 1)
	if name := deviceName(userAgent); name != "" {
		return name
	}
	return clip(userAgent, 80)
}

// shownDevice is a device as it was stored at its sign-in: in words since that is
// done, before as the browser said it.
func shownDevice(stored string) string {
	if strings.HasPrefix(stored, "Mozilla/") {
		return deviceText(stored)
	}
	return stored
}

// mobile reports whether a browser runs on a phone or a tablet.
func mobile(userAgent string) bool {
	ua := useragent.Parse(userAgent)
	return ua.Mobile || ua.Tablet
}
