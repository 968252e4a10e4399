// Standard input: file -> text of the template. Standard output: what cdk-nag's packs find, as a list of [rule, file, logical ID].
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const cdk = require("aws-cdk-lib");
const nag = require("cdk-nag");
const { CfnInclude } = require("aws-cdk-lib/cloudformation-include");

const packs = [
  nag.AwsSolutionsChecks,
  nag.HIPAASecurityChecks,
  nag.NIST80053R4Checks,
  nag.NIST80053R5Checks,
  nag.PCIDSS321Checks,
  nag.ServerlessChecks,
];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "cdk-nag-"));
const app = new cdk.App({ analyticsReporting: false, outdir: path.join(folder, "cdk.out") });
try {
  const files = {};
  for (const [file, text] of Object.entries(JSON.parse(fs.readFileSync(0, "utf8")))) {
    const stack = file.replace(/\W/g, "-");
    files[stack] = file;
    const templateFile = path.join(folder, `${stack}.yaml`);
    fs.writeFileSync(templateFile, text);
    new CfnInclude(new cdk.Stack(app, stack), "Template", { templateFile });
  }
  const found = packs
    .flatMap((Pack) => new Pack(app).validateScope(app).violations)
    .flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => {
        const [stack, , logicalId] = constructPath.split("/");
        return [ruleName, files[stack], logicalId];
      }),
    );
  process.stdout.write(JSON.stringify(found));
} finally {
  fs.rmSync(folder, { recursive: true });
}
