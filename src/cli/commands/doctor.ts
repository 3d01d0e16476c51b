import type { Command } from 'commander';
import type { DefineCommand } from '../command.ts';
import type { DoctorOptions } from '../doctor/doctor.ts';
import type { ServiceDoctorOptions } from '../doctor/service.ts';

/** `weir doctor` and `weir doctor service`; what each does is loaded when it is asked for. */
export const define: DefineCommand = (command, run) => {
  const doctor = withCluster(command)
    .description('Checks a cluster and says what to do. It changes nothing.')
    // so that `doctor service` has options of the same names
    .enablePositionalOptions()
    .option(
      '-p, --policies <folder>',
      'where the cluster does not say by which policies it judges (default: ./policies)',
    )
    .option('--no-dry-run', 'do not ask the webhooks by a dry run that they have to deny')
    .addHelpText('after', DOCTOR)
    .action((options: DoctorOptions) => {
      run(async (context) => (await import('../doctor/doctor.ts')).doctor(options, context));
    });

  withCluster(doctor.command('service'))
    .summary('say why a Service does not start, does not scale or gets no events')
    .description('Looks for what ails one Knative Service, the likeliest cause first.')
    .argument('<name>', 'the Knative Service')
    .option('-n, --namespace <name>', 'where it is (default: the namespace of the context)')
    .addHelpText('after', SERVICE)
    .action((name: string, options: ServiceDoctorOptions) => {
      const all = { ...doctor.opts<DoctorOptions>(), ...options };
      run(async (context) => (await import('../doctor/service.ts')).doctorOfService(name, all, context));
    });
};

function withCluster(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'the cluster (default: KUBECONFIG, else ~/.kube/config)')
    .option('--context <name>', 'the context of the kubeconfig (default: its current one)')
    .option('-o, --output <format>', 'text (default) or json');
}

const DOCTOR = `
It reads, and creates nothing but dry runs: a Namespace and a Service that the
webhooks have to deny, where these credentials may create such, and two
questions about that (SelfSubjectAccessReview). No Secret is read.

Exit codes: 0 nothing is wrong, 1 something is, 2 it could not look.

Examples:
  weir doctor
  weir doctor --context prod -o json | jq '.verdicts[] | select(.state == "wrong")'
  weir doctor service checkout -n shop-prod`;

const SERVICE = `
Exit codes: 0 nothing is wrong, 1 something is, 2 it could not look.

Examples:
  weir doctor service checkout -n shop-prod
  weir doctor service checkout -n shop-prod --context prod -o json`;
