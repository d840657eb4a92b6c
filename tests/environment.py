"""The configuration of the product in tests and benchmarks, set when this is imported.

Import it before anything of the product: rows name their table when they are declared.
"""

import os

os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": "eu-west-3",
    "AWS_REGION": "eu-west-3",
    # moto does not know the endpoints with an account id in them (streams).
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "AWS_EC2_METADATA_DISABLED": "true",
    "CARNET_PREFIX": "carnet-test",
    "STAGE": "test",
    "PUBLIC_BASE_URL": "https://carnet.test",
    "DOCUMENTS_BUCKET": "carnet-test-documents",
    "ARCHIVE_BUCKET": "carnet-test-archive",
    "NOTIFY_QUEUE_URL": "https://sqs.eu-west-3.amazonaws.com/123456789012/carnet-test-notify",
    "REMIND_QUEUE_URL": "https://sqs.eu-west-3.amazonaws.com/123456789012/carnet-test-remind",
    "INGEST_QUEUE_URL": "https://sqs.eu-west-3.amazonaws.com/123456789012/carnet-test-ingest",
    "KMS_ROOT_KEY_ARN": "arn:aws:kms:eu-west-3:123456789012:key/root",
    "KMS_TRACE_KEY_ARN": "arn:aws:kms:eu-west-3:123456789012:key/trace",
    "KMS_SEAL_KEY_ARN": "arn:aws:kms:eu-west-3:123456789012:key/seal",
    "KMS_TOKEN_KEY_ARN": "arn:aws:kms:eu-west-3:123456789012:key/token",
    "MAIL_SENDER": "carnet@carnet.test",
    "OIDC_FRANCECONNECT_ISSUER": "https://franceconnect.test",
    "OIDC_FRANCECONNECT_CLIENT_ID": "carnet",
    "OIDC_FRANCECONNECT_CLIENT_SECRET": "secret-of-the-double",
    "OIDC_PSC_ISSUER": "https://psc.test",
    "OIDC_PSC_CLIENT_ID": "carnet",
    "OIDC_PSC_CLIENT_SECRET": "secret-of-the-double",
    "OIDC_PROCONNECT_ISSUER": "https://proconnect.test",
    "OIDC_PROCONNECT_CLIENT_ID": "carnet",
    "OIDC_PROCONNECT_CLIENT_SECRET": "secret-of-the-double",
    "OIDC_OPERATOR_ISSUER": "https://operator.test",
    "OIDC_OPERATOR_CLIENT_ID": "carnet",
    "OIDC_OPERATOR_CLIENT_SECRET": "secret-of-the-double",
}
