package hokku.nginx;

/// The pages that nginx answers with by itself. They say nothing of what is inside.
final class Pages {
    static final String UNKNOWN = page("404 Not Found", "There is nothing at this address.");
    static final String DOWN = page("502 Bad Gateway", "This application does not answer at the moment. Please try again in a little while.");
    static final String LATE = page("504 Gateway Timeout", "This application took too long to answer. Please try again in a little while.");

    private Pages() {}

    /// A page as a quoted string of nginx' language; the texts hold no quotes, dollars or backslashes.
    private static String page(String title, String text) {
        return "'<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title + "</title></head><body><h1>"
                + title + "</h1><p>" + text + "</p></body></html>\n'";
    }
}
