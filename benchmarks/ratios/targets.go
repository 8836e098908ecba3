package main

import (
	"fmt"
	"strconv"
	"strings"
)

// target bounds what sotto may take for each unit of time of a contender.
type target struct {
	group     string
	contender string
	bound     float64
	// text is the bound as the list spells it: "1.15" or "1/12".
	text string
}

// parseTargets reads lines of "group contender bound"; `#` starts a comment.
func parseTargets(list string) ([]target, error) {
	var targets []target
	for number, line := range strings.Split(list, "\n") {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 3 {
			return nil, fmt.Errorf("targets.txt:%d: want `group contender bound`", number+1)
		}
		over, under, isFraction := strings.Cut(fields[2], "/")
		if !isFraction {
			under = "1"
		}
		a, errA := strconv.ParseFloat(over, 64)
		b, errB := strconv.ParseFloat(under, 64)
		if errA != nil || errB != nil || b == 0 {
			return nil, fmt.Errorf("targets.txt:%d: the bound is a number or a fraction such as 1/12", number+1)
		}
		targets = append(targets, target{fields[0], fields[1], a / b, fields[2]})
	}
	return targets, nil
}
