package macros_test

import (
	"strings"
	"testing"

	"github.com/sotto-render/sotto/macros"
)

// notification is about 1 KiB with 8 variables and 3 secrets.
const notification = `Hi {{ user.first_name | default: "there" }},

your order {{ order.id }} left our warehouse in {{ order.city }} this morning. It is on its way to
{{ user.address }} with {{ order.carrier }} and should reach you by {{ order.date }}. You need not be
at home: the carrier leaves it with a neighbour or at the nearest parcel shop, and tells you where.

{% if order.late %}We are sorry that it took longer than we said. The shipping is on us.{% endif %}

What you ordered:
{% for item in order.items %}- {{ item.quantity }} x {{ item.name }}
{% endfor %}
Track it at https://track.example.com/v2/parcels/{{ order.id }}?key=<<Secrets.tracking_key>>&lang=en
or call our service with the code <<Secrets.service-code>>. Our people are there from 8 in the morning
to 8 in the evening, on Saturdays until noon. Please have your order number at hand when you call.

If you did not order anything, somebody may have mistyped an address. Then please forward this message
to abuse@example.com, or open https://example.com/report?token={{ secrets.report_token }} in a browser.

Kind regards,
{{ shop.name }}
`

func BenchmarkParse(b *testing.B) {
	b.SetBytes(int64(len(notification)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := macros.Parse(notification, macros.Liquid); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseMacros(b *testing.B) {
	source := strings.NewReplacer("{{ ", "<<", " }}", ">>", "{%", "", "%}", "").Replace(notification)
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := macros.Parse(source, macros.Macros); err != nil {
			b.Fatal(err)
		}
	}
}
