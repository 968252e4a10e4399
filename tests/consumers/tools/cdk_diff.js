// Standard input: a list of [before, after] templates. Standard output: per pair, logical ID -> CDK's word for what happens to it.
const { fullDiff } = require("@aws-cdk/cloudformation-diff");

const pairs = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const found = pairs.map(([before, after]) => {
  const words = {};
  fullDiff(before, after).resources.forEachDifference((logicalId, change) => {
    words[logicalId] = change.changeImpact;
  });
  return words;
});
process.stdout.write(JSON.stringify(found));
