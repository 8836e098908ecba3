package redact

import (
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"
)

// A common value is one that half of all logs hold: masking it everywhere would
// blank what is no secret, and tell the value besides. It is masked only where it
// stands whole behind a key that names a secret; see [condition]. This file is the
// one table of what is common.

// commonWords :: source -> words, in lower case
var commonWords = map[string]string{
	// RFC 8259, YAML 1.1 (https://yaml.org/type/bool.html, null.html), Go, Python,
	// JavaScript, Ruby, SQL; what tools print where nothing is set.
	"booleans and nulls": `true false yes no on off null nil none undefined nan inf infinity unset empty
		enabled disabled enable disable unknown default auto all any always never required optional`,
	// RFC 5424 section 6.2.1, log/slog, zap, zerolog, Log4j 2, Python logging, npm.
	"log levels": `trace debug info notice warn warning error err crit critical alert emerg emergency
		fatal panic dpanic verbose silent silly http information informational severe fine finer finest`,
	// https://www.iana.org/assignments/http-methods
	"HTTP methods": `get head post put delete connect options trace patch acl baseline-control bind checkin
		checkout copy label link lock merge mkactivity mkcalendar mkcol mkredirectref mkworkspace move orderpatch
		propfind proppatch query rebind report search unbind uncheckout unlink unlock update updateredirectref
		version-control pri`,
	// Names of environments: Rails, Node, Spring, Symfony, GitHub, GitLab, Vercel.
	"environments": `prod production staging stage stg dev devel develop development test testing tests qa
		uat sandbox demo local preview ci canary live preprod pre-prod preproduction nonprod non-prod integration
		acceptance beta alpha master main trunk release edge latest stable nightly`,
	// Accounts that distributions, databases, brokers, clouds and images make.
	"accounts": `admin administrator root postgres postgresql user username guest mysql mariadb mongo mongodb
		sa sys system oracle redis rabbitmq rabbit elastic kibana kafka cassandra neo4j influx influxdb grafana
		nobody daemon www-data apache nginx httpd tomcat jenkins git gitlab github svc service app application
		public anonymous operator support backup replication replicator readonly read-only readwrite monitor monitoring
		prometheus ubuntu debian centos fedora ec2-user ec2user azureuser vagrant docker pi ansible deploy deployer
		superuser sysadmin webmaster postmaster hostmaster manager owner account client server worker test1 tester
		demo1 example sample login email name database db api web bot robot keycloak vault consul minio minioadmin`,
	// Words that stand in logs wherever a secret is spoken of, and in its place
	// in examples.
	"words for secrets": `password passwd pass secret token key apikey credential credentials value string text data`,
	// https://learn.microsoft.com/azure/reliability/availability-zones-region-support
	"regions of Azure": `eastus eastus2 westus westus2 westus3 centralus northcentralus southcentralus
		westcentralus canadacentral canadaeast brazilsouth northeurope westeurope uksouth ukwest francecentral
		francesouth germanywestcentral germanynorth switzerlandnorth switzerlandwest norwayeast norwaywest
		swedencentral polandcentral italynorth spaincentral australiaeast australiasoutheast australiacentral
		japaneast japanwest koreacentral koreasouth southeastasia eastasia southindia westindia centralindia
		jioindiawest uaenorth uaecentral southafricanorth southafricawest qatarcentral israelcentral mexicocentral`,
	// https://docs.digitalocean.com/platform/regional-availability,
	// https://docs.hetzner.com/cloud/general/locations, https://fly.io/docs/reference/regions
	"regions of others": `nyc1 nyc2 nyc3 sfo1 sfo2 sfo3 ams2 ams3 sgp1 lon1 fra1 tor1 blr1 syd1 fsn1 nbg1 hel1
		global multi-region multiregion emea apac amer`,
	// Names of this machine: RFC 6761, Debian, Docker, Kubernetes.
	"hosts": `localhost localhost.localdomain localhost6 ip6-localhost ip6-loopback broadcasthost
		host.docker.internal gateway.docker.internal kubernetes.default kubernetes.default.svc
		127.0.0.1 0.0.0.0 ::1 ::`,
}

// common :: word -> whether it is in the table
var common = func() map[string]bool {
	all := make(map[string]bool)
	for _, words := range commonWords {
		for word := range strings.FieldsSeq(words) {
			all[word] = true
		}
	}
	return all
}()

// longestCommon is the length in bytes from which on nothing is common.
const longestCommon = 48

// isCommon reports whether text is a common value: too short to be told from other
// text, a number of fewer than 6 digits, or in the table; a region or zone of a
// cloud, a private host, a port.
func isCommon(text string) bool {
	switch {
	case len(text) < shortestForm:
		return true
	case len(text) > longestCommon:
		return false
	case isSmallNumber(text):
		return true
	}
	word := strings.ToLower(text)
	return common[word] || isRegion(word) || isPrivateHost(word)
}

// isSmallNumber reports whether text is a number of fewer than 6 digits, with a
// sign and a point or without.
func isSmallNumber(text string) bool {
	text = strings.TrimLeft(text, "+-")
	digits := 0
	for i := range len(text) {
		switch c := text[i]; {
		case '0' <= c && c <= '9':
			digits++
		case c != '.' || i == 0 || i == len(text)-1:
			return false
		}
	}
	return 0 < digits && digits < shortestNum
}

// directions are of what the names of regions are made, as in us-gov-east-1,
// europe-west1-b and ap-southeast-2a:
// https://docs.aws.amazon.com/general/latest/gr/rande.html,
// https://cloud.google.com/compute/docs/regions-zones
var (
	areas = words(`us eu ap sa ca me af il cn mx uk de fr jp kr in au br sg ch europe asia australia
		northamerica southamerica africa nam eur`)
	directions = words(`gov iso isob isoe isof north south east west central northeast northwest southeast southwest`)
)

func words(list string) map[string]bool {
	out := make(map[string]bool)
	for word := range strings.FieldsSeq(list) {
		out[word] = true
	}
	return out
}

// isRegion reports whether word is made as the names of regions and zones are: an
// area, and then directions, a number, a letter.
func isRegion(word string) bool {
	area, rest, ok := strings.Cut(word, "-")
	if !ok || !areas[area] {
		return false
	}
	for piece := range strings.SplitSeq(rest, "-") {
		name := strings.TrimRight(piece, "0123456789")
		if name != "" && !directions[name] && len(piece) > 1 {
			// A zone, as in 1a.
			if digits := strings.TrimLeft(piece, "0123456789"); len(digits) != 1 || len(piece) > 3 {
				return false
			}
		}
		if len(piece)-len(name) > 2 {
			return false
		}
	}
	return true
}

// privateDomains are below which no public host is: RFC 6761, 6762, 8375, 9476,
// ICANN's private-use domain, Kubernetes, Docker.
var privateDomains = []string{
	".localhost", ".local", ".localdomain", ".internal", ".lan", ".home.arpa", ".intranet", ".corp", ".private",
	".svc", ".cluster.local", ".test", ".invalid",
}

// isPrivateHost reports whether word is a name or an address of this machine or of
// a private network, with a port or without.
func isPrivateHost(word string) bool {
	host := word
	if at := strings.LastIndexByte(word, ':'); at > 0 && isPort(word[at+1:]) && strings.Count(word, ":") == 1 {
		host = word[:at]
	}
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return addr.IsLoopback() || addr.IsPrivate() || addr.IsUnspecified() || addr.IsLinkLocalUnicast()
	}
	if common[host] && commonHost[host] {
		return true
	}
	for _, domain := range privateDomains {
		if name, ok := strings.CutSuffix(host, domain); ok && isHostName(name) {
			return true
		}
	}
	return false
}

var commonHost = words(commonWords["hosts"])

func isPort(text string) bool {
	return 0 < len(text) && len(text) < shortestNum && strings.Trim(text, "0123456789") == ""
}

func isHostName(name string) bool {
	for i := range len(name) {
		if c := name[i]; !alphanumeric(c) && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return name != ""
}

// times are the layouts of dates and times that are no secret part of a value.
var times = []string{
	time.DateOnly, time.DateTime, time.TimeOnly, "15:04", "2006-01", "20060102", "20060102T150405Z", "20060102150405",
	time.RFC3339, time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04Z", "2006-01-02 15:04:05Z07:00",
	time.RFC1123, time.RFC1123Z, time.RFC850, time.ANSIC, time.UnixDate, "2006/01/02", "2006/01/02 15:04:05",
	"02/01/2006", "02.01.2006", "02/Jan/2006:15:04:05 -0700", "Jan _2 15:04:05", "2 Jan 2006", "January 2, 2006",
}

// isTime reports whether text is a date, a time, a duration or a size.
func isTime(text string) bool {
	if len(text) > longestCommon || len(text) == 0 {
		return false
	}
	if c := text[0]; c >= utf8.RuneSelf || !alphanumeric(c) {
		return false
	}
	for _, layout := range times {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	_, err := time.ParseDuration(text)
	return err == nil
}
