//! Files: found, fetched from any place on, uploaded; the token goes to Meta's hosts alone.

use cobro_whatsapp::{FailureKind, WhatsAppApi};

use crate::server::{Reply, Server, api_at, patient_api_at};

const FILE: &[u8] = b"0123456789";

async fn all_of(api: &WhatsAppApi, url: &str, from: u64) -> (u64, Option<u64>, Vec<u8>) {
    let mut download = api.download(url, from).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(chunk) = download.chunk().await.unwrap() {
        bytes.extend_from_slice(&chunk);
    }
    (download.offset(), download.total(), bytes)
}

#[tokio::test]
async fn a_file_is_found_by_its_id() {
    let server = Server::answering(
        200,
        r#"{"messaging_product":"whatsapp","url":"https://lookaside.fbsbx.com/x","mime_type":"image/jpeg","sha256":"ab","file_size":"303833","id":"9"}"#,
    )
    .await;
    let info = server.api().media("9").await.unwrap();
    assert_eq!(info.url, "https://lookaside.fbsbx.com/x");
    assert_eq!(
        (info.mime_type.as_deref(), info.sha256.as_deref(), info.file_size),
        (Some("image/jpeg"), Some("ab"), Some(303_833))
    );
    assert_eq!(server.received()[0].target, "GET /v25.0/9 HTTP/1.1");
}

#[tokio::test]
async fn a_download_goes_on_where_it_stopped() {
    let server = Server::start(Reply::File(FILE.to_vec())).await;
    let (api, url) = (server.api(), format!("{}/file", server.url));
    assert_eq!(all_of(&api, &url, 0).await, (0, Some(10), FILE.to_vec()));
    assert_eq!(all_of(&api, &url, 4).await, (4, Some(10), FILE[4..].to_vec()));
    assert_eq!(
        all_of(&api, &url, 10).await,
        (10, Some(10), Vec::new()),
        "everything was here before"
    );
    assert!(
        server.received()[1]
            .head
            .contains("authorization: bearer eaafixture")
    );
}

#[tokio::test]
async fn a_server_that_knows_no_ranges_starts_over_and_says_so() {
    let server = Server::answering(200, "0123456789").await;
    let url = format!("{}/file", server.url);
    assert_eq!(all_of(&server.api(), &url, 4).await, (0, Some(10), FILE.to_vec()));
}

#[tokio::test]
async fn a_download_that_breaks_off_can_be_tried_again() {
    let server = Server::start(Reply::Broken(FILE.to_vec(), 3)).await;
    let url = format!("{}/file", server.url);
    let mut download = server.api().download(&url, 0).await.unwrap();
    let mut bytes = Vec::new();
    let error = loop {
        match download.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => panic!("the end of a file that is not whole"),
            Err(error) => break error,
        }
    };
    assert_eq!(bytes, b"012");
    assert_eq!(error.kind(), FailureKind::Retry { after: None });
}

#[tokio::test]
async fn a_download_that_stands_still_is_given_up_however_long_the_whole_may_take() {
    let server = Server::start(Reply::Stalled(FILE.to_vec(), 3)).await;
    let api = patient_api_at(&server.url, std::time::Duration::from_millis(200));
    let mut download = api.download(&format!("{}/file", server.url), 0).await.unwrap();
    assert_eq!(download.chunk().await.unwrap().as_deref(), Some(&FILE[..3]));
    let error = download.chunk().await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::Retry { after: None });
}

#[tokio::test]
async fn a_file_that_is_gone_says_so() {
    let server = Server::answering(
        404,
        r#"{"error":{"message":"Media not found","code":131052,"error_data":{"details":"expired"}}}"#,
    )
    .await;
    let url = format!("{}/file", server.url);
    let error = server.api().download(&url, 0).await.unwrap_err();
    assert_eq!((error.kind(), error.is_permanent()), (FailureKind::Media, true));
}

#[tokio::test]
async fn the_token_goes_nowhere_but_to_meta() {
    let elsewhere = Server::start(Reply::File(FILE.to_vec())).await;
    let api = api_at("https://graph.facebook.com");
    for url in [
        format!("{}/file", elsewhere.url),
        "https://evil.test/file".to_owned(),
        "https://notfbsbx.com/file".to_owned(),
        "http://lookaside.fbsbx.com/file".to_owned(),
        "https://fbsbx.com.evil.test/file".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        let error = api.download(&url, 0).await.unwrap_err();
        assert_eq!(error.kind(), FailureKind::Invalid, "{url}");
        assert!(
            error.advice().contains("the access token does not go there"),
            "{url}"
        );
    }
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn a_file_is_uploaded_whole_with_its_name_and_type() {
    let server = Server::answering(200, r#"{"id":"4490709327384033"}"#).await;
    let id = server
        .api()
        .upload("1", "Menú.pdf", "application/pdf", "%PDF-1.7".into(), 8)
        .await
        .unwrap();
    assert_eq!(id, "4490709327384033");
    let request = &server.received()[0];
    assert_eq!(request.target, "POST /v25.0/1/media HTTP/1.1");
    assert!(
        request
            .head
            .contains("content-type: multipart/form-data; boundary=")
    );
    for part in [
        "name=\"messaging_product\"\r\n\r\nwhatsapp",
        "name=\"type\"\r\n\r\napplication/pdf",
        "Content-Type: application/pdf\r\n\r\n%PDF-1.7",
    ] {
        assert!(request.text.contains(part), "{part:?} in {}", request.text);
    }
}

#[tokio::test]
async fn what_can_be_no_file_of_whatsapps_never_leaves() {
    let server = Server::answering(200, r#"{"id":"1"}"#).await;
    let api = server.api();
    let upload = |mime: &'static str, size| api.upload("1", "a", mime, "x".into(), size);
    assert!(
        upload("image/png", 0)
            .await
            .unwrap_err()
            .advice()
            .contains("empty")
    );
    let large = upload("application/pdf", (100 << 20) + 1).await.unwrap_err();
    assert_eq!(
        large.advice(),
        "The file has 101 MB; WhatsApp takes at most 100 MB. Make it smaller, or send a link to it"
    );
    assert!(
        upload("no type", 1)
            .await
            .unwrap_err()
            .advice()
            .contains("image/jpeg")
    );
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_lost_answer_to_an_upload_does_not_read_as_no_connection() {
    let server = Server::start(Reply::Lost).await;
    let error = server
        .api()
        .upload("1", "a.png", "image/png", "x".into(), 1)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), FailureKind::Ambiguous);
}
