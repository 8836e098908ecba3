package redact

import "strings"

// What stands before a value tells whether it is a secret: `password=` names one,
// `host=` does not. A key counts by its last word, so DB_PASSWORD and userPassword
// are passwords, and REG_USERNAME is a user name.

// secretWords are last words of keys that name a secret.
var secretWords = words(`password passwords passwd passwort pass passphrase passcode pwd pw pin code secret secrets
	token tokens key keys credential credentials creds cred auth authorization authentication apikey accesskey
	secretkey privatekey sharedkey authkey bearer jwt otp totp psk signature sig hmac pat cookie authtoken accesstoken
	refreshtoken idtoken sessiontoken`)

// secretEndings are what a word that is written as one may end with, as in
// dbpassword.
var secretEndings = []string{"password", "passwd", "passphrase", "secret", "token", "apikey", "credential", "credentials", "pwd"}

// everydayWords are last words of keys that name no secret: what logs, connection
// strings and configurations are full of.
var everydayWords = words(`host hostname hostaddr hosts server servers address addr ip port ports user username userid
	users uid login account email mail name dbname database db catalog schema table collection keyspace vhost
	instance driver provider protocol scheme region regions zone location datacenter env environment
	stage tier mode level loglevel verbosity severity debug verbose trace tls ssl sslmode encrypt insecure secure
	trust pooling pool timeout retries retry ttl interval size limit max min count charset encoding locale lang
	language collation tz timezone heartbeat frame compression version sv sp sr st se spr format type kind method route path
	status service app appname application project tenant org organization workspace cluster namespace node
	pod container image tag branch commit domain site title description comment note role roles group
	groups scope scopes audience issuer expires expiry date time timestamp year month day enabled disabled
	active flag flags caller logger thread pid`)

// everydayKeys are such keys as a whole: their last word would say otherwise, or is
// written as one with others.
var everydayKeys = words(`statuscode exitcode errorcode errcode responsecode httpcode returncode countrycode currencycode
	langcode languagecode zipcode postcode postalcode areacode charcode opcode keycode primarykey foreignkey
	sortkey partitionkey rowkey publickey requestid traceid spanid parsetime clientinfo retrywrites readpreference
	replicaset authsource authmechanism applicationname connecttimeout connectiontimeout commandtimeout
	trustservercertificate multipleactiveresultsets integratedsecurity persistsecurityinfo initialcatalog
	datasource userid uid endpointsuffix defaultendpointsprotocol accountname sharedaccesskeyname targetsessionattrs
	searchpath fallbackapplicationname channelbinding gssencmode keepalives sslrootcert sslcert allowpublickeyretrieval
	usessl servertimezone characterencoding maxpoolsize minpoolsize`)

// lastWord returns the last word of a key, in lower case, without the digits at its
// end.
func lastWord(key string) string {
	key = strings.TrimRight(key, "0123456789_-. ")
	from := len(key)
	for from > 0 {
		c := key[from-1]
		if !alphanumeric(c) {
			break
		}
		from--
		// A capital begins a word, unless it stands among capitals.
		if upper(c) && (from == 0 || !upper(key[from-1])) {
			break
		}
	}
	return strings.ToLower(key[from:])
}

func upper(c byte) bool { return 'A' <= c && c <= 'Z' }

// bareKey returns the letters and digits of a key, in lower case.
func bareKey(key string) string {
	plain := true
	for i := range len(key) {
		if c := key[i]; !alphanumeric(c) || upper(c) {
			plain = false
		}
	}
	if plain {
		return key
	}
	out := make([]byte, 0, len(key))
	for i := range len(key) {
		if c := key[i]; alphanumeric(c) {
			if upper(c) {
				c += 'a' - 'A'
			}
			out = append(out, c)
		}
	}
	return string(out)
}

// namesSecret reports whether a key names a secret.
func namesSecret(key string) bool {
	if everydayKeys[bareKey(key)] {
		return false
	}
	word := lastWord(key)
	if secretWords[word] {
		return true
	}
	for _, ending := range secretEndings {
		if strings.HasSuffix(word, ending) {
			return true
		}
	}
	return false
}

// isEveryday reports whether a key names what is no secret.
func isEveryday(key string) bool {
	return everydayKeys[bareKey(key)] || !namesSecret(key) && everydayWords[lastWord(key)]
}

// unmaskedWords are last words of the keys of fields that free text shows unless
// their secret says otherwise.
var unmaskedWords = words(`host hostname hostaddr server address addr port region zone location user username userid uid
	login account env environment level loglevel mode debug tls ssl sslmode`)

// looksLikeKey reports whether text is made as keys are: 16 bytes and more of
// letters and digits mixed, a UUID, hexadecimal digits.
func looksLikeKey(text string) bool {
	if len(text) < 16 {
		return false
	}
	letter, digit := false, false
	for i := range len(text) {
		c := text[i]
		digit = digit || '0' <= c && c <= '9'
		letter = letter || alphanumeric(c) && (c < '0' || c > '9')
	}
	return letter && digit || isHex(text)
}

func isHex(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return text != ""
}
