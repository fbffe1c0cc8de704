<?php

declare(strict_types=1);

namespace Sample;

use Sample\Greeting\Greeting;

/** A page at / and the same as JSON at /about. */
final class Page
{
    public static function show(string $path): void
    {
        match ($path) {
            '/' => self::html(),
            '/about' => self::json(),
            default => self::missing(),
        };
    }

    private static function about(): array
    {
        return ['php' => PHP_VERSION, 'by' => PHP_SAPI, 'upload' => ini_get('upload_max_filesize')];
    }

    private static function html(): void
    {
        $greeting = Greeting::for('PHP');
        $about = htmlspecialchars(json_encode(self::about(), JSON_PRETTY_PRINT));
        echo <<<HTML
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <title>$greeting</title>
            <h1>$greeting</h1>
            <pre>$about</pre>
            </html>

            HTML;
    }

    private static function json(): void
    {
        header('Content-Type: application/json');
        echo json_encode(self::about()), "\n";
    }

    private static function missing(): void
    {
        http_response_code(404);
        echo "There is no such page\n";
    }
}
