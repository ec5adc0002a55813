package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ticks are what /proc counts in a second.
const ticks = 100

// processorTime is what a process has spent.
func processorTime(pid int) (time.Duration, error) {
	fields, err := statOf(pid)
	if err != nil {
		return 0, err
	}
	return timeIn(fields, 11, 12)
}

// familyTime is what the server of PostgreSQL in a directory has spent, with its
// processes that have ended.
func familyTime(directory string) (sum time.Duration, err error) {
	text, err := os.ReadFile(filepath.Join(directory, "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return 0, err
	}
	fields, err := statOf(pid)
	if err != nil {
		return 0, err
	}
	if sum, err = timeIn(fields, 11, 12, 13, 14); err != nil {
		return 0, err
	}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return 0, err
	}
	for _, word := range strings.Fields(string(children)) {
		child, err := strconv.Atoi(word)
		if err != nil {
			return 0, err
		}
		spent, err := processorTime(child)
		if os.IsNotExist(err) {
			continue // it has ended meanwhile
		}
		if err != nil {
			return 0, err
		}
		sum += spent
	}
	return sum, nil
}

// statOf are the fields of /proc/PID/stat behind the name, from the state on.
func statOf(pid int) ([]string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	return strings.Fields(rest), nil
}

func timeIn(fields []string, at ...int) (sum time.Duration, err error) {
	for _, i := range at {
		if i >= len(fields) {
			return 0, fmt.Errorf("/proc tells %d fields", len(fields))
		}
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(n) * time.Second / ticks
	}
	return sum, nil
}
