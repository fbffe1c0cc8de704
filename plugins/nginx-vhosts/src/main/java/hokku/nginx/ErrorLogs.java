package hokku.nginx;

import picocli.CommandLine;

/// Shows the end of an app's error log.
@CommandLine.Command(name = "nginx:error-logs", description = "Show the nginx error logs for an application (-t follows)")
final class ErrorLogs extends LogCommand {
    ErrorLogs(Folder folder) {
        super(folder::errorLog);
    }
}
