package benchmarks

import (
	"fmt"
	"strings"
)

// piece is literal text and the name of the variable or the secret after it.
type piece struct {
	literal string
	name    string
	secret  bool
}

// notification is about 1 KiB of output with 8 variables and 3 secrets: the
// kind of message that a notification service sends to thousands. `%name%` is a
// variable, `%!name%` a secret; spell writes it in a rival's own syntax.
const notification = `POST /v2/messages HTTP/1.1
Host: push.example.com
Authorization: Bearer %!push_token%
X-Api-Key: %!api_key%
Content-Type: text/plain; charset=utf-8

Hello %first_name% %last_name%,

your order %order_id% left our warehouse this morning and is on its way to you.
You can follow the parcel at any time under the address below; the page is kept
up to date by the carrier and shows each stop that the parcel has made so far.

    https://parcels.example.com/%carrier%/%tracking_id%?signature=%!link_key%

It is expected on %delivery_date% between eight in the morning and six in the
evening. If nobody is at home, the carrier leaves it with a neighbour or in the
nearest shop, and a card in your letter box says where. The parcel waits there
for seven days, and you need the card and an identity document to collect it.

The amount of %amount% was charged to the card that you gave us, and the invoice
is in your account under Orders. You may return what you do not like within
thirty days, free of charge, with the label that lies in the parcel.

Thank you for shopping with us, and see you soon in %city%!
The team of the Example Shop
`

var notificationVars = map[string]any{
	"first_name": "Margaret", "last_name": "Hamilton", "order_id": "4711-0815", "carrier": "swift",
	"tracking_id": "JD014600006281230701", "delivery_date": "Thursday, 24 July", "amount": "EUR 129.90", "city": "Cambridge",
}

var notificationSecrets = map[string]string{
	"push_token": "pt_live_8c1f0d5e7b9a42368c1f0d5e7b9a4236",
	"api_key":    "ak-5f2e8d7c6b5a49382716051f2e3d4c5b",
	"link_key":   "lk4T7mQ2xV9sB6nR1wY8",
}

// long is about 10 KiB with 44 variables and secrets: four notifications, each
// with as much plain text behind it.
func long() string {
	var plain strings.Builder
	for _, p := range pieces(notification) {
		plain.WriteString(p.literal)
	}
	return strings.Repeat(notification+plain.String(), 4)
}

// pieces splits text at its marks.
func pieces(text string) []piece {
	parts := strings.Split(text, "%")
	list := make([]piece, 0, len(parts)/2+1)
	for i := 0; i < len(parts); i += 2 {
		p := piece{literal: parts[i]}
		if i+1 < len(parts) {
			p.name, p.secret = strings.CutPrefix(parts[i+1], "!")
		}
		list = append(list, p)
	}
	return list
}

// spell writes text with its variables and secrets in the given formats.
func spell(text, variable, secret string) string {
	var b strings.Builder
	for _, p := range pieces(text) {
		b.WriteString(p.literal)
		switch {
		case p.secret:
			fmt.Fprintf(&b, secret, p.name)
		case p.name != "":
			fmt.Fprintf(&b, variable, p.name)
		}
	}
	return b.String()
}

// flat are variables and secrets in one map, for rivals that know no secrets.
func flat(vars map[string]any, secrets map[string]string) map[string]any {
	all := make(map[string]any, len(vars)+len(secrets))
	for name, v := range vars {
		all[name] = v
	}
	for name, v := range secrets {
		all[name] = v
	}
	return all
}
