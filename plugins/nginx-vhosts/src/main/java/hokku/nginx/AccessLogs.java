package hokku.nginx;

import picocli.CommandLine;

/// Shows the end of an app's access log.
@CommandLine.Command(name = "nginx:access-logs", description = "Show the nginx access logs for an application (-t follows)")
final class AccessLogs extends LogCommand {
    AccessLogs(Folder folder) {
        super(folder::accessLog);
    }
}
