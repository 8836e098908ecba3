// Renders one template with LiquidJS. The first line of input is
// {"template", "vars"} and is answered by the output as JSON; every further
// line is a number of renders and is answered by the nanoseconds they took.
import { createInterface } from 'node:readline'
import { Liquid } from 'liquidjs'

const engine = new Liquid()
let template, vars

for await (const line of createInterface({ input: process.stdin })) {
  if (template === undefined) {
    const job = JSON.parse(line)
    template = engine.parse(job.template)
    vars = job.vars
    console.log(JSON.stringify(engine.renderSync(template, vars)))
    continue
  }
  const n = Number(line)
  const start = process.hrtime.bigint()
  for (let i = 0; i < n; i++) engine.renderSync(template, vars)
  console.log(String(process.hrtime.bigint() - start))
}
