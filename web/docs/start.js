// Shows the API's own description; validatorUrl: null keeps the page from asking a service elsewhere.
SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', deepLinking: true, validatorUrl: null });
