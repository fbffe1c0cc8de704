<?php

declare(strict_types=1);

require __DIR__ . '/../vendor/autoload.php';

Sample\Page::show(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/');
